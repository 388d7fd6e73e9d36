import type { Call } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import type { Runtime } from '../../core/runtime.ts';
import { isAllowed } from '../../core/task.ts';
import type { Planned } from './plan.ts';

// the answer is kept, so it is not asked for twice; one that takes longer is left to the target's own part of the time
const ASK_FOR_MS = 5_000;

/**
 * Refuses a run whose event names a share without the tags of its target, as one outside `ALLOWED_SHARES` is refused. Where the
 * service does not tell, the sweep of that target fails by itself.
 *
 * @throws {ServiceError} `forbidden`, before any task is listed
 */
export async function refuseUntagged(
  planned: readonly Planned[],
  call: Call,
  { now }: Pick<Runtime, 'now'>,
): Promise<void> {
  const deadlineAtMs = Math.min(call.deadlineAtMs, now() + ASK_FOR_MS);

  async function untaggedIn({ target, shares = new Set() }: Planned): Promise<readonly string[]> {
    const { name = '', tags } = target.settings;
    if (tags === undefined || shares.size === 0) return [];
    const asking = target.withShares({ ...call, deadlineAtMs, log: call.log.ofTarget(name) });
    const allowed = await asking.then(
      ({ settings }) => settings.allowedShares,
      () => '*' as const,
    );
    return [...shares].filter((shareId) => !isAllowed(shareId, allowed)).map((shareId) => `${name}/${shareId}`);
  }

  const [first] = (await Promise.all(planned.map(untaggedIn))).flat();
  if (first === undefined) return;
  throw new ServiceError('forbidden', 'shares names a share that does not have the tags of its target', {
    reason: first,
  });
}
