import { createHash, randomBytes } from 'node:crypto';
import { RIGHTS } from '../../lib/core/caller.ts';
import { type Cloud, type CloudOptions, startCloud } from './cloud.ts';
import { startOffline } from './offline.ts';
import { freePort } from './port.ts';

export interface LocalOptions {
  readonly cloud?: CloudOptions;
  /** 0: any free one */
  readonly httpPort?: number;
  readonly variables?: Readonly<Record<string, string>>;
  /** Takes each line that the functions log, as they log it. */
  readonly onLogLine?: (line: string) => void;
  /** Gives up waiting for the functions, and ends them. */
  readonly signal?: AbortSignal;
}

/** The embedded cloud, and the functions served from their bundles by serverless-offline. */
export interface Local {
  readonly cloud: Cloud;
  readonly url: string;
  readonly callerKey: string;
  readonly webhookSecret: string;
  /** The lines that the functions have logged. */
  readonly logLines: readonly string[];
  /** Invokes a function past HTTP, as a schedule does. */
  readonly invoke: (
    functionName: string,
    event: unknown,
  ) => Promise<{ readonly failed: boolean; readonly payload: unknown }>;
  readonly stop: () => Promise<void>;
}

/**
 * Nothing of the shell's variables and of a `.env` reaches the functions.
 *
 * @throws {Error} when the port is taken, or the functions do not come up
 */
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
    CALLER_KEYS: `demo:${createHash('sha256').update(callerKey).digest('hex')}:${RIGHTS.join('+')}`,
    WEBHOOK_SECRETS: webhookSecret,
    ...options.variables,
  };
  const logLines: string[] = [];
  const onLine = (line: string): void => {
    if (!line.startsWith('{')) return;
    logLines.push(line);
    options.onLogLine?.(line);
  };
  const offline = startOffline({ httpPort, lambdaPort, variables, onLine });
  const stop = async (): Promise<void> => {
    await offline.stop();
    await cloud.close();
  };
  try {
    await untilAborted(offline.ready(), options.signal);
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    cloud,
    url: `http://127.0.0.1:${httpPort}`,
    callerKey,
    webhookSecret,
    logLines,
    invoke: (functionName, event) => invoke(lambdaPort, functionName, event),
    stop,
  };
}

async function invoke(port: number, functionName: string, event: unknown): ReturnType<Local['invoke']> {
  const name = `sfs-turbo-du-cleaner-dev-${functionName}`;
  const answer = await fetch(`http://127.0.0.1:${port}/2015-03-31/functions/${name}/invocations`, {
    method: 'POST',
    body: JSON.stringify(event),
  });
  const text = await answer.text();
  const failed = !answer.ok || answer.headers.has('x-amz-function-error');
  return { failed, payload: text === '' ? undefined : JSON.parse(text) };
}

/** The value, or the signal's reason if that comes first. */
export function untilAborted<T>(value: Promise<T>, signal?: AbortSignal): Promise<T> {
  if (signal === undefined) return value;
  return new Promise((resolve, reject) => {
    value.then(resolve, reject);
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
}
