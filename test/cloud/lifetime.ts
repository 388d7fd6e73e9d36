import { type Local, type LocalOptions, startLocal, untilAborted } from './local.ts';
import { areAlive, startersOf } from './starters.ts';

const LOOK_EVERY_MS = 500;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Why a command ended before it was done. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/**
 * Runs `use` with the local cloud. Takes everything down when `use` is done and on Ctrl-C, a hang-up, a termination, and
 * the end of a process that started this one.
 *
 * @throws {Interrupted} in the latter cases
 */
export async function withLocal(options: LocalOptions, use: (local: Local) => Promise<void>): Promise<void> {
  const signal = interruption();
  const local = await startLocal({ ...options, signal });
  try {
    await untilAborted(use(local), signal);
  } finally {
    await local.stop();
  }
}

function interruption(): AbortSignal {
  const controller = new AbortController();
  const interrupt = (why: string) => controller.abort(new Interrupted(why));
  // also a second Ctrl-C, which would end this process before the other one
  for (const signal of SIGNALS) process.on(signal, () => interrupt(signal));
  const starters = startersOf(process.pid, process.env['npm_lifecycle_event'] !== undefined);
  setInterval(
    () => areAlive(starters) || interrupt('the process that started this one has ended'),
    LOOK_EVERY_MS,
  ).unref();
  return controller.signal;
}

/** Runs a command, says in one sentence why it failed, and ends this process. */
export async function runCommand(command: () => Promise<void>, interruptedCode: number): Promise<void> {
  try {
    await command();
  } catch (error) {
    process.exitCode = error instanceof Interrupted ? interruptedCode : 1;
    if (!(error instanceof Interrupted)) console.error(error instanceof Error ? error.message : error);
  }
  // whatever still waits for an answer waits in vain
  process.exit();
}
