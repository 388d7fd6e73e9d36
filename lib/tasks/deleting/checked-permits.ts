import type { Permits } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Evidence } from './evidence.ts';

/** Permits of one DELETE, which remember why the last one was withheld. */
interface CheckedPermits extends Permits {
  /** Absent when the last permit was given. */
  readonly withheldBecause: () => 'no_permit_in_time' | 'evidence_expired' | undefined;
}

/** Checks the evidence once more when a permit comes. The permit is given back where the evidence has expired. */
export function createCheckedPermits(permits: Permits, { isValid }: Evidence): CheckedPermits {
  let withheldBecause: 'no_permit_in_time' | 'evidence_expired' | undefined;

  async function acquire(): Promise<() => void> {
    withheldBecause = 'no_permit_in_time';
    const release = await permits.acquire();
    withheldBecause = isValid() ? undefined : 'evidence_expired';
    if (withheldBecause === undefined) return release;
    release();
    throw new ServiceError('out_of_time', 'the task must be checked again before its DELETE');
  }

  return { ...permits, acquire, withheldBecause: () => withheldBecause };
}
