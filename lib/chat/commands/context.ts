import type { AllowEntry } from '../../config/chat.ts';
import type { SfsTurbo } from '../../sfs-turbo/client.ts';
import type { Sweep } from '../../sweep/sweep.ts';
import type { CancelTask } from '../../tasks/cancel.ts';
import type { Platform } from '../person.ts';
import type { ShareDirectory } from '../shares.ts';

/** What every command works with. Made once for each app. */
export interface ChatContext {
  readonly allowedOn: Readonly<Record<Platform, readonly AllowEntry[]>>;
  readonly shares: ShareDirectory;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  /** Signs the question before a cancel. Absent: nothing can be cancelled from a chat. */
  readonly confirmSecret: Buffer | undefined;
  /** Absent: no sweep is configured. */
  readonly sweep: Sweep | undefined;
  /** Wall clock in milliseconds since the epoch. */
  readonly now: () => number;
}
