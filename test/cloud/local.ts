import { type ChildProcess, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';

export interface LocalOptions {
  readonly cloud?: CloudOptions;
  /** 0: any free one */
  readonly httpPort?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Takes each line that the functions log, as they log it. */
  readonly onLogLine?: (line: string) => void;
}

/** The embedded cloud, and the functions served from their bundles by serverless-offline. */
export interface Local {
  readonly cloud: Cloud;
  readonly url: string;
  readonly callerKey: string;
  readonly webhookSecret: string;
  /** Invokes a function past HTTP, as a schedule does. */
  readonly invoke: (
    functionName: string,
    event: unknown,
  ) => Promise<{ readonly failed: boolean; readonly payload: unknown }>;
  readonly stop: () => Promise<void>;
}

const READY_WITHIN_MS = 60_000;

export async function startLocal(options: LocalOptions = {}): Promise<Local> {
  const [httpPort, lambdaPort] = [await freePort(options.httpPort), await freePort()];
  const cloud = await startCloud(options.cloud);
  const callerKey = randomBytes(24).toString('base64url');
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const variables = {
    ...cloud.environment(),
    // the default of serverless.yml is a secret of AWS
    SECRETS_ID: '',
    ALLOWED_SHARES: '*',
    CALLER_KEYS: `demo:${createHash('sha256').update(callerKey).digest('hex')}`,
    WEBHOOK_SECRETS: webhookSecret,
    ...options.variables,
  };

  const ports = ['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)];
  const args = ['node_modules/serverless/bin/serverless.js', 'offline', 'start', '--localEnvironment', ...ports];
  const child = spawn(process.execPath, args, {
    env: { ...process.env, ...variables, SLS_TELEMETRY_DISABLED: '1', SLS_NOTIFICATIONS_MODE: 'off' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      if (line.startsWith('{')) options.onLogLine?.(line);
    });
  }

  const url = `http://localhost:${httpPort}`;
  const stop = async (): Promise<void> => {
    await end(child);
    await cloud.close();
  };
  try {
    await ready(`${url}/healthz`, child);
  } catch (error) {
    await stop();
    throw new Error(`serverless-offline did not come up:\n${said.slice(-20).join('\n')}`, { cause: error });
  }

  return {
    cloud,
    url,
    callerKey,
    webhookSecret,
    async invoke(functionName, event) {
      const name = `sfs-turbo-du-cleaner-dev-${functionName}`;
      const answer = await fetch(`http://localhost:${lambdaPort}/2015-03-31/functions/${name}/invocations`, {
        method: 'POST',
        body: JSON.stringify(event),
      });
      const text = await answer.text();
      const failed = !answer.ok || answer.headers.has('x-amz-function-error');
      return { failed, payload: text === '' ? undefined : JSON.parse(text) };
    },
    stop,
  };
}

async function ready(url: string, child: ChildProcess): Promise<void> {
  const giveUpAtMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAtMs) {
    if (child.exitCode !== null) throw new Error(`it ended with exit code ${child.exitCode}`);
    const answer = await fetch(url).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer?.ok === true) return;
    await sleep(100);
  }
  throw new Error('no answer in time');
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGINT');
  const killing = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(killing);
}

/**
 * The given port if it is free, or any that is: another server on it would answer in place of this one.
 *
 * @throws {Error} when the given one is taken
 */
function freePort(port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', () => reject(new Error(`port ${port} is in use; choose another: PORT=4100 npm start`)));
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
