import { expect, test } from 'vitest';
import type { CloudTask } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { type RawTask, ruleOn } from '../lib/policy-oracle.ts';
import { createRandom } from '../random.ts';
import { HOUR_MS } from '../sweep-instance.ts';
import { prepareSweep } from '../sweeping.ts';

const SEEDS = 200;
const SETTINGS = {
  statuses: new Set(['SUCCESS', 'FAIL', 'DOING'] as const),
  minAgeMs: 24 * HOUR_MS,
  doingMinAgeMs: 72 * HOUR_MS,
  keepLatest: 1,
};

const toRaw = ({ id, path, status, beginTime, endTime }: CloudTask): RawTask => ({
  task_id: id,
  status,
  dir_usage: { path },
  begin_time: beginTime,
  end_time: status === 'DOING' ? undefined : endTime,
});

/**
 * One run of the sweep against a cloud that changes whenever a request arrives: running tasks finish, new results come, and up
 * to a minute and more passes. One request is under way at a time, so that nothing changes while a DELETE is on its way. Each DELETE is judged by the oracle, by what the service showed last before it.
 */
async function race(seed: number) {
  const random = createRandom(seed);
  let nowMs = Date.UTC(2026, 0, 1);
  let seen = 0;
  const shown = new Map<string, { readonly atMs: number; readonly list: readonly RawTask[] }>();
  const wrong: string[] = [];
  const now = () => {
    watch();
    return nowMs;
  };
  const { cloud, sweep } = await prepareSweep({
    cloud: { now },
    variables: { SWEEP_STATUSES: 'SUCCESS,FAIL,DOING', SWEEP_CONCURRENCY: '1' },
    world: { now: () => nowMs, monotonicNow: () => nowMs, random },
  });
  const shares = [cloud.addShare(), cloud.addShare()];
  const fill = (): void => {
    for (const shareId of shares) {
      for (let n = 0; n < 6; n += 1) {
        const ageMs = (20 + random() * 70) * HOUR_MS;
        const beginTime = formatTaskTime(nowMs - ageMs - 60_000);
        const path = random() < 0.5 ? '/a' : '/b';
        // many of the running ones end while the run lasts
        if (random() < 0.5) cloud.addTask(shareId, { beginTime, path, runsForMs: ageMs + 60_000 + random() * 120_000 });
        else cloud.addTask(shareId, { beginTime, endTime: formatTaskTime(nowMs - ageMs), path, status: 'SUCCESS' });
      }
    }
  };

  /** Called by the cloud's clock, so before each request is carried out. */
  function watch(): void {
    if (cloud === undefined || cloud.requests.length <= seen) return;
    seen = cloud.requests.length;
    const { operation, target, query } = cloud.requests[seen - 1] ?? {};
    const shareId = shares.find((id) => target?.includes(id));
    // nothing changes between two pages of one list, nor on the way of a DELETE
    if (query?.['marker'] === undefined && operation !== 'DeleteFsTask') change();
    if (shareId === undefined) return;
    const list = (): readonly RawTask[] => cloud.tasks(shareId).map(toRaw);
    const taskId = target?.split('/tasks/')[1] ?? '';
    if (operation === 'ListFsTasks' && query?.['marker'] === undefined)
      shown.set(shareId, { atMs: nowMs, list: list() });
    if (operation === 'ShowFsTask') shown.set(taskId, { atMs: nowMs, list: list() });
    if (operation === 'DeleteFsTask') judge(shareId, taskId);
  }

  function change(): void {
    nowMs += Math.floor(random() * (random() < 0.1 ? 70_000 : 2_000));
    if (random() > 0.2) return;
    const shareId = shares[Math.floor(random() * shares.length)] ?? '';
    const time = formatTaskTime(nowMs - 25 * HOUR_MS);
    cloud.addTask(shareId, { beginTime: time, endTime: time, path: '/a', status: 'SUCCESS' });
  }

  function judge(shareId: string, taskId: string): void {
    const listed = shown.get(shareId);
    const list = listed?.list ?? [];
    const index = list.findIndex((task) => task['task_id'] === taskId);
    const ageMs = nowMs - (listed?.atMs ?? 0);
    const isDue = ruleOn(list, SETTINGS, nowMs)[index] === 'due';
    if (!isDue || ageMs > 60_000) wrong.push(`${taskId} was not due by a list of ${ageMs} ms ago`);
    if (list[index]?.['status'] !== 'DOING') return;
    const running = shown.get(taskId)?.list.find((task) => task['task_id'] === taskId);
    const shownAgeMs = nowMs - (shown.get(taskId)?.atMs ?? 0);
    if (running?.['status'] !== 'DOING' || shownAgeMs > 5_000) wrong.push(`${taskId} was not shown running`);
  }

  fill();
  const summary = await sweep({}, { remainingMs: 900_000 });
  await cloud.close();
  return { wrong, summary, deletes: cloud.deletedTaskIds.length };
}

test(`nothing goes that is not due as the service showed it last, in ${SEEDS} races`, async () => {
  let deletes = 0;
  let spared = 0;

  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const { wrong, summary, ...counts } = await race(seed);
    expect(wrong, `seed ${seed}`).toEqual([]);
    const { due, deleted, already_gone: gone, failed, remaining } = summary;
    expect(due, `seed ${seed}`).toBe(deleted + gone + failed + remaining);
    expect(deleted, `seed ${seed}`).toBe(counts.deletes);
    deletes += deleted;
    spared += summary.kept_latest + summary.remaining;
  }

  // the races are worth nothing unless much goes and much stays
  expect(deletes).toBeGreaterThan(SEEDS);
  expect(spared).toBeGreaterThan(SEEDS);
}, 120_000);
