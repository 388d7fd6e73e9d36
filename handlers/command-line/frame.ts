import type { Progress } from './progress.ts';
import type { Terminal } from './terminal.ts';
import type { World } from './world.ts';

/** What a command has around it, whatever it does. */
export interface Frame {
  readonly world: World;
  readonly terminal: Terminal;
  readonly progress: Progress;
  /** Aborted by Ctrl-C: nothing is sent from then on. */
  readonly stop: AbortSignal;
}
