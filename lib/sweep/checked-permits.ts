import type { Permits } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';

/** Why a task may be deleted, and for how long that counts. */
export interface Evidence {
  /** Milliseconds since the epoch. */
  readonly validUntilMs: number;
  readonly isValid: () => boolean;
}

/** Permits of one DELETE, which remember why the last one was withheld. */
export interface CheckedPermits extends Permits {
  /** `time`: none came in time. `evidence`: one came, but the evidence had expired. Absent: the last permit was given. */
  readonly withheldFor: () => 'time' | 'evidence' | undefined;
}

/** Checks the evidence once more whenever a permit comes, and gives the permit back where it does not count any more. */
export function createCheckedPermits(permits: Permits, { isValid }: Evidence): CheckedPermits {
  let withheldFor: 'time' | 'evidence' | undefined;

  async function acquire(): Promise<() => void> {
    withheldFor = 'time';
    const release = await permits.acquire();
    withheldFor = isValid() ? undefined : 'evidence';
    if (withheldFor === undefined) return release;
    release();
    throw new ServiceError('out_of_time', 'the task must be checked again before its DELETE');
  }

  return { ...permits, acquire, withheldFor: () => withheldFor };
}
