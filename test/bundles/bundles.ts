import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

/** The Node that bundles are run with: `npm run test:runtimes` sets another one. */
export const BUNDLE_NODE = process.env['BUNDLE_NODE'] ?? process.execPath;

/** For each run of Serverless: it says nothing to its makers, and does not compile its schema of serverless.yml once more. */
export const SERVERLESS_SETTINGS = {
  SLS_TELEMETRY_DISABLED: '1',
  // by default in the home folder, and a run has no home, or one of its own
  SLS_SCHEMA_CACHE_BASE_DIR: resolve('node_modules/.cache'),
};

export interface BundleContext {
  readonly platform: 'lambda' | 'functiongraph';
  readonly requestId?: string;
  readonly remainingMs?: number;
  readonly userData?: Readonly<Record<string, string>>;
  readonly projectId?: string;
  readonly securityAccessKey?: string;
  readonly securitySecretKey?: string;
  readonly securityToken?: string;
}

export interface BundleResult {
  readonly answer?: { readonly statusCode: number; readonly body: string; readonly headers: Record<string, string> };
  readonly error?: string;
}

export interface RunningBundle {
  readonly invoke: (event: unknown, context: BundleContext) => Promise<BundleResult>;
  /** What it wrote to stdout and stderr. */
  readonly output: readonly string[];
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/**
 * A copy of what Serverless needs of this project, in a folder of its own: packaging works in the project's folder, and
 * tests run at the same time.
 */
export function copyProject(): { folder: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), 'du-project-'));
  for (const name of ['handlers', 'lib', 'deploy', 'package.json', 'tsconfig.json', 'serverless.yml']) {
    cpSync(name, join(folder, name), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Runs a command of Serverless in a copy of this project, without anything of this machine's environment. */
export async function serverless(
  folder: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<string> {
  // no home to find credentials in
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, ...SERVERLESS_SETTINGS, ...environment };
  const { code, output } = await run(
    process.execPath,
    [resolve('node_modules/serverless/bin/serverless.js'), ...args],
    env,
    folder,
  );
  if (code !== 0) throw new Error(`serverless ${args.join(' ')} failed:\n${output}`);
  return output;
}

/** Runs `npx serverless package` as a deployment would, with parameters such as `schedule=rate(1 day)`, and returns the folder with the artifacts. */
export async function packageService(
  environment: Readonly<Record<string, string>> = {},
  stage = 'dev',
  params: readonly string[] = [],
): Promise<{ folder: string; remove: () => void }> {
  const { folder, remove } = copyProject();
  const words = params.flatMap((param) => ['--param', param]);
  await serverless(folder, ['package', '--stage', stage, ...words], environment);
  return { folder: join(folder, '.serverless'), remove };
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
  cwd: string,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, output }));
  });
}

/** Starts a bundle in a Node of its own, with nothing in its environment but what is given. */
export function startBundle(file: string, environment: Readonly<Record<string, string>> = {}): RunningBundle {
  const child = spawn(BUNDLE_NODE, ['test/bundles/run.cjs', file, 'handler'], {
    env: { ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => output.push(line));
  const waiting: { resolve: (result: BundleResult) => void; reject: (error: Error) => void }[] = [];
  createInterface({ input: child.stdio[3] as NodeJS.ReadableStream }).on('line', (line) =>
    waiting.shift()?.resolve(JSON.parse(line)),
  );
  const ended = new Promise<void>((resolve) => {
    child.once('close', (code) => {
      for (const { reject } of waiting.splice(0))
        reject(new Error(`the bundle ended with ${code}:\n${output.join('\n')}`));
      resolve();
    });
  });
  return {
    output,
    pid: child.pid ?? 0,
    invoke: (event, context) =>
      new Promise((resolve, reject) => {
        waiting.push({ resolve, reject });
        child.stdin.write(`${JSON.stringify({ event, context })}\n`);
      }),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
