import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';

/** A command of this project that runs as a person would run it. */
export interface RunningCommand {
  readonly child: ChildProcess;
  /** Everything that it has written so far. */
  readonly output: () => string;
  /** Resolves when it has written the text. */
  readonly until: (text: string) => Promise<void>;
  readonly ended: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  /** What it has put into the temporary folder; the cache of tsx is there for the next run. */
  readonly leftFolders: () => readonly string[];
}

const WITHIN_MS = 60_000;

/** Starts a command, with a temporary folder of its own, and kills it when the running test ends. */
export function startCommand(
  command: string,
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  cwd = process.cwd(),
): RunningCommand {
  const temporary = mkdtempSync(join(tmpdir(), 'du-command-'));
  const { PATH = '', HOME = '' } = process.env;
  const env = { PATH, HOME, TMPDIR: temporary, ...environment };
  const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (text += chunk));
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
    rmSync(temporary, { recursive: true, force: true });
  });
  return {
    child,
    output: () => text,
    until: (wanted) =>
      holds(
        () => text.includes(wanted),
        () => `no ${wanted} in:\n${text}`,
      ),
    ended,
    leftFolders: () => readdirSync(temporary).filter((name) => !name.startsWith('tsx-')),
  };
}

/** Waits until a condition holds. */
export async function holds(
  condition: () => boolean | Promise<boolean>,
  complaint = () => 'it never held',
): Promise<void> {
  const giveUpAtMs = Date.now() + WITHIN_MS;
  while (!(await condition())) {
    if (Date.now() > giveUpAtMs) throw new Error(complaint());
    await sleep(50);
  }
}

/** Whether somebody listens on a port of loopback. */
export function isListening(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
