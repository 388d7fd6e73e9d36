import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { App } from '../../lib/app.ts';
import type { Config, Platform } from '../../lib/config/read-config.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import type { Call } from '../../lib/core/call.ts';
import type { Caller } from '../../lib/core/caller.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import type { ShareId } from '../../lib/core/task.ts';
import { createShareDirectory } from '../../lib/targets/share-directory.ts';
import type { ShareName, ShareRef } from '../../lib/targets/share-place.ts';
import { watchDeletions } from './deletions.ts';
import type { Frame } from './frame.ts';
import { createLogSink } from './log-lines.ts';
import type { CommonOptions } from './options.ts';
import { shareOf } from './share-of.ts';
import { createLookup, readBeside } from './variables.ts';

/** What every command works with. */
export interface Session<A extends App> {
  readonly app: A;
  readonly caller: Caller;
  readonly call: Call;
  readonly frame: Frame;
  readonly options: CommonOptions;
  /**
   * A share by its id or alias, behind the name of its target where several have it.
   *
   * @throws {WrongUse} for one that may not be touched, or that may be in several targets
   */
  readonly shareOf: (word: string) => ShareName;
  /** A share as people call it. */
  readonly labelOf: (ref: ShareRef) => string;
}

/** How a command gets its app. */
export interface Wiring<C extends Config, A extends App> {
  readonly read: (lookup: Lookup, platform: Platform) => C & { readonly shareAliases: ReadonlyMap<string, ShareId> };
  readonly create: (config: C, runtime: Runtime) => A;
}

/**
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults`
 * @throws {WrongUse} for a file that cannot be read or written
 */
export function openSession<C extends Config, A extends App>(
  { read, create }: Wiring<C, A>,
  options: CommonOptions,
  frame: Frame,
): Session<A> {
  const { world, terminal, stop, progress, deletions } = frame;
  const config = read(createLookup(world, options.envFile), { readFile: (path) => readBeside(world, path) });
  const sink = createLogSink(options, { ...terminal, note: (text) => progress.aside(() => terminal.note(text)) });
  const runtime: Runtime = {
    ...nodeRuntime,
    write: sink,
    // nobody waits for a later attempt once it is to stop
    sleep: (ms) => sleep(ms, undefined, { signal: stop }).catch(() => {}),
  };
  const app = create(config, runtime);
  const requestId = randomUUID();
  const log = watchDeletions(app.logs(requestId), (deletion) => {
    deletions.push(deletion);
    progress.step();
  });
  const shares = createShareDirectory(config.targets, config.shareAliases);

  return {
    app,
    caller: { name: `command-line${world.userName === undefined ? '' : `:${world.userName}`}`, shares: '*' },
    call: { requestId, deadlineAtMs: runtime.now() + options.timeout, log, stop },
    frame,
    options,
    labelOf: (ref) => shares.nameOf(ref).label,
    shareOf: (word) => shareOf(word, shares, config.shareAliases),
  };
}
