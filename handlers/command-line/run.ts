import type { App } from '../../lib/app.ts';
import type { Config } from '../../lib/config/read-config.ts';
import type { Deletion } from './deletions.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { tellFailure } from './failure.ts';
import type { Frame } from './frame.ts';
import type { CommonOptions } from './options.ts';
import { openSession, type Session, type Wiring } from './session.ts';
import { counted } from './texts.ts';

/** Runs a command, says why it failed, and takes everything down. */
export type Run = <C extends Config, A extends App & { readonly config: Config }>(
  wiring: Wiring<C, A>,
  options: CommonOptions,
  work: (session: Session<A>) => Promise<ExitCode>,
) => Promise<void>;

/** @param onEnd told what the process is to end with */
export function createRun(frame: Frame, onEnd: (code: ExitCode) => void): Run {
  const { terminal, progress, stop } = frame;
  return async (wiring, options, work) => {
    const deletions: Deletion[] = [];
    let app: (App & { readonly config: Config }) | undefined;
    let code: ExitCode;
    try {
      const session = openSession(wiring, options, frame, deletions);
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

function whatWasDeleted(deletions: readonly Deletion[]): string {
  const deleted = deletions.filter(({ isDeleted }) => isDeleted);
  const failed = deletions.filter(({ isDeleted }) => !isDeleted);
  if (deletions.length === 0) return 'Stopped. Nothing was deleted.';
  return [
    `Stopped. ${counted(deleted.length, 'task')} had been deleted${deleted.length > 0 ? ':' : '.'}`,
    ...deleted.map(({ shareId, taskId }) => `  ${taskId} of share ${shareId}`),
    ...failed.map(({ shareId, taskId, ending }) => `  not ${taskId} of share ${shareId}: ${ending}`),
  ].join('\n');
}
