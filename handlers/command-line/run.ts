import type { App } from '../../lib/app.ts';
import type { Config } from '../../lib/config/read-config.ts';
import { whatWasDeleted } from './deletions.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { tellFailure } from './failure.ts';
import type { Frame } from './frame.ts';
import type { CommonOptions } from './options.ts';
import { openSession, type Session, type Wiring } from './session.ts';

/** Runs a command, says why it failed, and takes everything down. */
export type Run = <C extends Config, A extends App & { readonly config: Config }>(
  wiring: Wiring<C, A>,
  options: CommonOptions,
  work: (session: Session<A>) => Promise<ExitCode>,
) => Promise<void>;

/** @param onEnd told what the process is to end with */
export function createRun(frame: Frame, onEnd: (code: ExitCode) => void): Run {
  const { terminal, progress, stop, deletions } = frame;
  return async (wiring, options, work) => {
    let app: (App & { readonly config: Config }) | undefined;
    let code: ExitCode;
    try {
      const session = openSession(wiring, options, frame);
      app = session.app;
      code = await work(session);
    } catch (error) {
      progress.clear();
      code = isStopped(error, stop)
        ? EXIT.interrupted
        : tellFailure(error, terminal, { ...options, config: app?.config });
    }
    progress.clear();
    await app?.close();
    if (stop.aborted) code = EXIT.interrupted;
    if (code === EXIT.interrupted) terminal.note(whatWasDeleted(deletions));
    onEnd(code);
  };
}

/** Whether a failure says no more than that nothing was to be sent. */
function isStopped(error: unknown, stop: AbortSignal): boolean {
  return stop.aborted && error instanceof Error && 'code' in error && error.code === 'out_of_time';
}
