import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** A child that answers one message with one message. */
export interface Worker {
  readonly ask: <T>(order: unknown) => Promise<T>;
  readonly stop: () => void;
}

/** Starts a child and waits for its first message. What the child logs goes nowhere. */
export async function startWorker<T>(
  file: string,
  options: {
    readonly args?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
    readonly execArgv?: readonly string[];
  } = {},
): Promise<{ readonly worker: Worker; readonly hello: T }> {
  const child = fork(file, [...(options.args ?? [])], {
    execArgv: [...(options.execArgv ?? [])],
    env: environmentWith(options.env),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const worker: Worker = {
    async ask(order) {
      child.send(order as object);
      return answerOf(child);
    },
    stop: () => child.disconnect(),
  };
  return { worker, hello: await answerOf(child) };
}

function answerOf<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const ended = (code: number | null): void => reject(new Error(`a process of the benchmark ended with ${code}`));
    child.once('exit', ended);
    child.once('message', (message: { readonly result: T }) => {
      child.off('exit', ended);
      resolve(message.result);
    });
  });
}

/** Runs a program to its end, and returns what it wrote as JSON to descriptor 3. */
export async function runOnce<T>(
  nodeArgs: readonly string[],
  env: Readonly<Record<string, string>>,
  // a pipe for what it logs, as the platforms have one
  log: 'pipe' | 'ignore' = 'pipe',
): Promise<T> {
  const child = spawn(process.execPath, [...nodeArgs], {
    env: environmentWith(env),
    stdio: ['ignore', log, 'inherit', 'pipe'],
  });
  child.stdout?.resume();
  const result = text(child.stdio[3] as Readable);
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`a process of the benchmark ended with ${code}`);
  return JSON.parse(await result);
}

/**
 * Nothing of the surroundings but where to find programs: no NODE_OPTIONS, no credentials. Without warnings, since the official SDK
 * causes one on Node 24, in the middle of the tables.
 */
function environmentWith(env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', NODE_NO_WARNINGS: '1', ...env };
}
