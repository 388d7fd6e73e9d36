import pMap from 'p-map';
import type { Call } from '../../core/call.ts';
import type { Runtime } from '../../core/runtime.ts';
import { DRAIN_MS } from '../../tasks/deleting/deleting.ts';
import { rotated } from '../rotated.ts';
import { createLanes, type Lane } from './lanes.ts';
import type { Planned } from './plan.ts';
import { createTimeShares } from './time-shares.ts';

/**
 * Does the work of one target. It must not throw.
 *
 * @param deadlineAtMs milliseconds since the epoch
 */
type Work<R> = (planned: Planned, lane: Lane, deadlineAtMs: number) => Promise<R>;

// each target keeps its due tasks and the lists that it reads in memory
const MOST_TARGETS_AT_ONCE = 32;
const MOST_PLACES_AT_ONCE = 16;

/**
 * Gives every target its turn: several at once, because a target may wait for an answer that does not come; each with its share
 * of the time; and from a random one on, so that runs that run out of time do not always leave out the same.
 */
export async function takeTurns<R>(
  planned: readonly Planned[],
  { deadlineAtMs, stop }: Call,
  runtime: Runtime,
  work: Work<R>,
): Promise<readonly R[]> {
  const places = placesOf(planned);
  const mostAtOnce = Math.max(2, Math.floor(MOST_TARGETS_AT_ONCE / places.length));
  const turns = createTimeShares(places.length, MOST_PLACES_AT_ONCE, deadlineAtMs - DRAIN_MS, runtime.now);

  async function workIn({ members, limits }: Place): Promise<readonly R[]> {
    const atOnce = Math.min(limits.concurrency, limits.ratePerSecond, mostAtOnce);
    const enter = createLanes(limits, runtime, stop);
    const shares = createTimeShares(members.length, atOnce, turns.begin(), runtime.now);
    const workFor = async (one: Planned): Promise<R> => {
      const lane = enter();
      // what is under way when its share of the time ends needs some more
      const result = await work(one, lane, Math.min(shares.begin() + DRAIN_MS, deadlineAtMs));
      shares.end();
      lane.leave();
      return result;
    };
    const results = await pMap(rotated(members, runtime.random), workFor, { concurrency: atOnce });
    turns.end();
    return results;
  }

  const results = await pMap(rotated(places, runtime.random), workIn, { concurrency: MOST_PLACES_AT_ONCE });
  return results.flat();
}

/** An account and region: its targets have the gateway's limits in common. */
interface Place {
  readonly members: readonly Planned[];
  readonly limits: Planned['settings'];
}

function placesOf(planned: readonly Planned[]): readonly Place[] {
  const keyOf = ({ target: { settings } }: Planned) => JSON.stringify([settings.account?.name, settings.region]);
  const byKey = new Map<string, Planned[]>();
  for (const one of planned) byKey.set(keyOf(one), [...(byKey.get(keyOf(one)) ?? []), one]);
  return [...byKey.values()].flatMap((members) =>
    members.slice(0, 1).map(({ settings: limits }) => ({ members, limits })),
  );
}
