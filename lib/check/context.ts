import type { CredentialSettings } from '../config/credentials.ts';
import type { TargetSettings } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { ShareId } from '../core/task.ts';
import type { Target } from '../targets/target.ts';

export interface CheckQuery {
  /** The targets to look at, by name; absent: those of the shares, or every one. */
  readonly targets?: ReadonlySet<string> | undefined;
  /**
   * The shares whose tasks are read. Absent: without `TARGETS` those of `ALLOWED_SHARES`; else one of each target, and with
   * `*` the first of the project that has tasks.
   */
  readonly shares?: readonly CheckedShare[] | undefined;
  /** Whether to find out if a DELETE would be allowed: by one of a task that cannot exist. */
  readonly probeDelete: boolean;
}

interface CheckedShare {
  readonly shareId: ShareId;
  /** Its target, by name; absent without `TARGETS`. */
  readonly target?: string | undefined;
}

/** The settings that what was found is judged by. */
export type CheckSettings = TargetSettings & { readonly credentials: CredentialSettings };

/** What every step of the check of one target works with. */
export interface CheckContext {
  /** Those of this target that were named. */
  readonly shareIds: readonly ShareId[] | undefined;
  readonly probeDelete: boolean;
  readonly caller: Caller;
  readonly call: Call;
  readonly target: Target;
  readonly settings: CheckSettings;
}
