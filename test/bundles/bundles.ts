import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** The Node that bundles are run with: `npm run test:runtimes` sets another one. */
export const BUNDLE_NODE = process.env['BUNDLE_NODE'] ?? process.execPath;

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

/** Runs `npx serverless package` as a deployment would, and returns the folder with the artifacts. */
export async function packageService(
  environment: Readonly<Record<string, string>> = {},
): Promise<{ folder: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'du-package-'));
  const args = ['node_modules/serverless/bin/serverless.js', 'package', '--package', folder];
  // no credentials and no home to find some in
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, SLS_TELEMETRY_DISABLED: '1', ...environment };
  const { code, output } = await run(process.execPath, args, env);
  if (code !== 0) throw new Error(`serverless package failed:\n${output}`);
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function run(
  command: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
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
