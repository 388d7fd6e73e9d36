import pMap from 'p-map';
import type { Call } from '../../core/call.ts';
import { toServiceError } from '../../core/errors.ts';
import { failureFields } from '../failures.ts';
import type { SweepOverrides } from '../overrides.ts';
import type { Planned } from './plan.ts';

const INVOCATIONS_AT_ONCE = 10;

/**
 * Invokes the function once for each target, where the call can. The event of such a run names its one target, so it fans out no
 * more; and it holds nothing but what this run's own event narrowed.
 *
 * A run whose event has a cap is not fanned out: the cap is one for all its targets. Nor is one for a caller's shares.
 *
 * @returns the targets that are left to this run: all where nothing is fanned out, else those whose invocation failed
 */
export async function fanOut(
  planned: readonly Planned[],
  overrides: SweepOverrides,
  { invokeSelf, log }: Call,
): Promise<readonly Planned[]> {
  const isForAll = planned.every(({ caller }) => caller.shares === '*');
  if (invokeSelf === undefined || planned.length < 2 || overrides.maxDeletes !== undefined || !isForAll) return planned;

  async function invoke(one: Planned): Promise<readonly Planned[]> {
    const target = one.target.settings.name;
    try {
      await invokeSelf?.(orderFor(one, overrides));
      log.info('sweep.target', { target, outcome: 'invoked' });
      return [];
    } catch (error) {
      log.warn('sweep.target', { target, ...failureFields(toServiceError(error)), outcome: 'not_invoked' });
      return [one];
    }
  }
  return (await pMap(planned, invoke, { concurrency: INVOCATIONS_AT_ONCE })).flat();
}

function orderFor({ target, shares }: Planned, { dryRun }: SweepOverrides): object {
  const { name = '' } = target.settings;
  return {
    targets: [name],
    ...(dryRun !== undefined && { dry_run: dryRun }),
    ...(shares && { shares: [...shares].map((shareId) => `${name}/${shareId}`) }),
  };
}
