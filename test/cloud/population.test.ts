import { expect, onTestFinished, test } from 'vitest';
import { startCloud } from './cloud.ts';
import { createPopulation } from './population.ts';

const HOUR_MS = 3_600_000;
const TICK_MS = 20_000;

async function populate() {
  let passedMs = 0;
  const now = (): number => Date.parse('2026-03-01T12:00:00Z') + passedMs;
  const cloud = await startCloud({ now });
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const population = createPopulation(cloud, shareId, now);
  const ageOf = (beginTime: string): number => now() - Date.parse(`${beginTime.replace(' ', 'T')}Z`);
  return {
    cloud,
    shareId,
    population,
    pass: (ms: number) => {
      passedMs += ms;
    },
    count: () => {
      const tasks = cloud.tasks(shareId);
      const going = tasks.filter(({ status }) => status === 'DOING');
      const stuck = going.filter(({ beginTime }) => ageOf(beginTime) > 72 * HOUR_MS);
      const due = tasks.filter(({ status, endTime }) => status !== 'DOING' && ageOf(endTime) > 24 * HOUR_MS);
      return { running: going.length - stuck.length, stuck: stuck.length, due: due.length };
    },
  };
}

test('some tasks run, some are stuck, some are due, for as long as nobody does anything', async () => {
  const { cloud, shareId, population, pass, count } = await populate();

  for (let passedMs = 0; passedMs < 6 * HOUR_MS; passedMs += TICK_MS) {
    pass(TICK_MS);
    population.tick();
  }

  expect(count()).toEqual({ running: expect.any(Number), stuck: 4, due: 3 });
  expect(count().running).toBeGreaterThan(0);
  expect(cloud.tasks(shareId).length).toBeLessThan(60);
});

test('new ones come where all were deleted', async () => {
  const { cloud, shareId, population, pass, count } = await populate();
  const before = count();
  for (const { id } of cloud.tasks(shareId)) cloud.removeTask(shareId, id);

  for (let ticks = 0; ticks < 6; ticks += 1) {
    pass(TICK_MS);
    population.tick();
  }

  expect(before).toEqual({ running: 6, stuck: 4, due: 3 });
  expect(count()).toEqual(before);
});
