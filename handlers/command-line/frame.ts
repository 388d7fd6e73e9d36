import type { Deletion } from './deletions.ts';
import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import type { World } from './world.ts';

/** What a command has around it, whatever it does. */
export interface Frame {
  readonly world: World;
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Every DELETE so far. */
  readonly deletions: Deletion[];
  /** Aborted by Ctrl-C: nothing is sent from then on. */
  readonly stop: AbortSignal;
}
