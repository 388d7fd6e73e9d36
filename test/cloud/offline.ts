import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { copyProject, SERVERLESS_SETTINGS } from '../bundles/bundles.ts';
import { refusalOf } from './port.ts';

/** serverless-offline in a process of its own. */
export interface Offline {
  /** The lines that it wrote, those of the functions among them. */
  readonly said: readonly string[];
  readonly pid: number | undefined;
  /** Resolves once the functions answer. */
  readonly ready: () => Promise<void>;
  readonly stop: () => Promise<void>;
}

export interface OfflineOptions {
  readonly httpPort: number;
  readonly lambdaPort: number;
  readonly variables: Readonly<Record<string, string>>;
  readonly onLine: (line: string) => void;
}

const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;

/**
 * Serves the functions from a copy of the project: no `.env` lies there, and other starts and packagings do not meet it.
 * Nothing of this process's environment goes along. The copy goes when the process ends.
 */
export function startOffline(options: OfflineOptions): Offline {
  const project = copyProject();
  const child = spawnIn(project.folder, options);
  const said: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    createInterface({ input: stream }).on('line', (line) => {
      said.push(line);
      options.onLine(line);
    });
  }
  return {
    said,
    pid: child.pid,
    ready: () => waitUntilReady(child, said, options.httpPort),
    async stop() {
      await end(child);
      project.remove();
    },
  };
}

function spawnIn(folder: string, { httpPort, lambdaPort, variables }: OfflineOptions): ChildProcess {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  const args = [
    ...['--require', resolve('test/cloud/offline.cjs'), resolve('node_modules/serverless/bin/serverless.js')],
    ...['offline', 'start', '--localEnvironment', '--host', '127.0.0.1'],
    ...['--httpPort', String(httpPort), '--lambdaPort', String(lambdaPort)],
  ];
  return spawn(process.execPath, args, {
    cwd: folder,
    env: {
      PATH: process.env['PATH'] ?? '',
      // no home to find credentials in
      HOME: folder,
      TMPDIR: temporary,
      ...SERVERLESS_SETTINGS,
      SLS_NOTIFICATIONS_MODE: 'off',
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // a signal of the terminal reaches this process alone, which then ends the other
    detached: true,
  });
}

async function waitUntilReady(child: ChildProcess, said: readonly string[], httpPort: number): Promise<void> {
  const giveUpAtMs = Date.now() + READY_WITHIN_MS;
  while (Date.now() < giveUpAtMs) {
    if (said.some((line) => line.includes('EADDRINUSE'))) throw new Error(refusalOf(httpPort, 'EADDRINUSE'));
    if (hasEnded(child)) throw new Error(`serverless-offline ended:\n${said.slice(-20).join('\n')}`);
    // before that, another server might answer in its place
    if (said.some((line) => line.includes('Server ready')) && (await isUp(httpPort))) return;
    await sleep(50);
  }
  throw new Error(`serverless-offline did not come up:\n${said.slice(-20).join('\n')}`);
}

async function isUp(port: number): Promise<boolean> {
  const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
  await answer?.body?.cancel();
  return answer?.ok === true;
}

async function end(child: ChildProcess): Promise<void> {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  const killing = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  await ended;
  clearTimeout(killing);
}

function hasEnded({ exitCode, signalCode, pid }: ChildProcess): boolean {
  return pid === undefined || exitCode !== null || signalCode !== null;
}
