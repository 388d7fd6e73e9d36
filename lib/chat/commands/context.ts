import type { AllowEntry } from '../../config/chat.ts';
import type { SweepSettings } from '../../config/sweep.ts';
import type { TargetSettings } from '../../config/targets.ts';
import type { Sweep } from '../../sweep/sweep.ts';
import type { ShareDirectory } from '../../targets/share-directory.ts';
import type { CancelTask } from '../../tasks/cancel.ts';
import type { CancelMany } from '../../tasks/cancel-many.ts';
import type { Deliveries } from '../../tasks/deliveries.ts';
import type { ListWhole } from '../../tasks/list-whole.ts';
import type { LookUpTask } from '../../tasks/show.ts';
import type { Platform } from '../person.ts';
import type { View } from '../view.ts';

/** What every command works with. Made once for each app. */
export interface ChatContext {
  readonly allowedOn: Readonly<Record<Platform, readonly AllowEntry[]>>;
  readonly shares: ShareDirectory;
  readonly listWhole: ListWhole;
  readonly lookUpTask: LookUpTask;
  readonly cancelTask: CancelTask;
  readonly cancelMany: CancelMany;
  /** Signs questions. Absent: nothing can be cancelled or swept from a chat. */
  readonly confirmSecret: Buffer | undefined;
  /** Absent: no sweep is configured. */
  readonly sweep: ConfiguredSweep | undefined;
  /** What sweeps came to that were confirmed here, by their confirmations. */
  readonly sweeps: Deliveries<View>;
  /** Wall clock in milliseconds since the epoch. */
  readonly now: () => number;
}

export interface ConfiguredSweep {
  readonly run: Sweep;
  readonly targets: readonly SweptTarget[];
}

/** What the configuration says of the sweep of a target. */
export interface SweptTarget extends Pick<TargetSettings, 'name' | 'tags'> {
  readonly sweep: Pick<SweepSettings, 'dryRun' | 'shares'>;
}
