import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const TOOLS = process.env['AWS_TOOLS'] ?? resolve('.aws-tools');
const REGION = 'eu-central-1';

/** What exists in an account, as test/aws/found.py tells it. */
export interface Found {
  readonly stacks: readonly { readonly name: string; readonly outputs: Readonly<Record<string, string>> }[];
  readonly functions: readonly {
    readonly name: string;
    readonly role: string;
    readonly codeSha256: string;
    readonly environment: Readonly<Record<string, string>>;
    readonly mayInvoke: readonly string[];
  }[];
  readonly routes: Readonly<Record<string, string>>;
  readonly stages: readonly {
    readonly throttles: Readonly<Record<string, number>>;
    readonly otherwise: number;
    readonly accessLog: string;
  }[];
  readonly schedules: readonly Readonly<Record<'expression' | 'function' | 'role' | 'input', string>>[];
  readonly roles: Readonly<
    Record<string, { readonly for: readonly string[]; readonly may: Readonly<Record<string, string>> }>
  >;
  readonly alarms: readonly { readonly name: string; readonly metric: string | null; readonly actions: string[] }[];
  readonly logGroups: Readonly<Record<string, number | null>>;
  readonly filters: Readonly<Record<string, readonly string[]>>;
  readonly topics: readonly { readonly arn: string; readonly subscriptions: readonly string[] }[];
  readonly dashboards: readonly string[];
  readonly buckets: readonly string[];
  readonly secrets: readonly string[];
}

export interface Outcome {
  readonly code: number | null;
  readonly output: string;
}

/** An empty account of AWS, which moto plays on loopback. */
export interface Account {
  /** Runs lines of a shell in a folder, as a person would who has the account's credentials and the handbook before them. */
  readonly shell: (lines: string, folder: string, variables?: Readonly<Record<string, string>>) => Promise<Outcome>;
  readonly found: () => Promise<Found>;
  readonly close: () => void;
}

export async function openAccount(): Promise<Account> {
  const port = await freePort();
  // moto leaves a file in the folder that it is started in
  const home = mkdtempSync(join(tmpdir(), 'du-aws-'));
  const moto = spawn(tool('python'), [resolve('test/aws/server.py'), String(port)], { cwd: home, stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, moto);
  const environment = {
    // the tools before anything of this machine, which may have an AWS CLI too
    PATH: `${join(TOOLS, 'bin')}:${resolve('node_modules/.bin')}:${process.env['PATH'] ?? ''}`,
    HOME: home,
    AWS_ENDPOINT_URL: url,
    AWS_ACCESS_KEY_ID: 'moto',
    AWS_SECRET_ACCESS_KEY: 'moto',
    AWS_EC2_METADATA_DISABLED: 'true',
    SLS_TELEMETRY_DISABLED: '1',
    // the framework would look at the stack every five seconds
    SLS_AWS_MONITORING_FREQUENCY: '200',
  };

  const shell: Account['shell'] = (lines, folder, variables = {}) =>
    run('bash', ['-euc', lines], folder, { ...environment, ...variables });

  return {
    shell,
    found: async () => {
      const variables = { ...environment, AWS_DEFAULT_REGION: REGION };
      const { code, output } = await run(tool('python'), [resolve('test/aws/found.py')], home, variables);
      if (code !== 0) throw new Error(output);
      return JSON.parse(output);
    },
    close: () => {
      moto.kill();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

/** The path of one of the installed tools. */
export function tool(name: string): string {
  return join(TOOLS, 'bin', name);
}

export function run(
  command: string,
  args: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>>,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function untilReady(url: string, moto: ChildProcess): Promise<void> {
  for (;;) {
    if (moto.exitCode !== null) throw new Error(`moto ended with ${moto.exitCode}`);
    const isReady = await fetch(`${url}/moto-api/`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
