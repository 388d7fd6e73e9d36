import { setTimeout as sleep } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { FaultKind } from '../../../cloud/cloud.ts';
import { accountedFor } from '../../../support/accounts.ts';
import { ended, HOUR_MS } from '../../../support/sweep-instance.ts';
import { prepareTargets, type TargetsSweep } from '../../../support/targets-sweep.ts';

/** One target: ages of its tasks in hours, and what holds for it. */
const plannedTarget = fc.record({
  ages: fc.array(fc.integer({ min: 1, max: 100 }), { maxLength: 6 }),
  minAge: fc.integer({ min: 1, max: 90 }),
  cap: fc.integer({ min: 0, max: 5 }),
  isDry: fc.boolean(),
});
const fault: fc.Arbitrary<FaultKind> = fc.constantFrom<FaultKind[]>(
  { type: 'status', status: 500 },
  { type: 'status', status: 403 },
  { type: 'throttle', retryAfter: '0' },
  { type: 'reset', when: 'before' },
  { type: 'reset', when: 'after' },
  { type: 'truncate', bytes: 80 },
  { type: 'garbage', bytes: 'x' },
);
const plan = fc.record({
  targets: fc.array(plannedTarget, { minLength: 8, maxLength: 8 }),
  cap: fc.integer({ min: 0, max: 20 }),
  eventCap: fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined }),
  chosen: fc.uniqueArray(fc.nat({ max: 7 }), { minLength: 1, maxLength: 8 }),
  concurrency: fc.integer({ min: 1, max: 6 }),
  faults: fc.array(fc.record({ at: fc.nat({ max: 7 }), skip: fc.nat({ max: 6 }), kind: fault }), { maxLength: 3 }),
  runs: fc.integer({ min: 1, max: 2 }),
});

/** Every request was for the project whose region it went to, and let in by what belongs to that project's account. */
function expectNothingMixed({ cloud, targets, agency }: TargetsSweep): void {
  for (const { service, region, path, headers, caller } of cloud.requests) {
    if (service !== 'sfs-turbo') continue;
    const [, , projectId] = path.split('/');
    const target = targets.find(({ project }) => project.id === projectId);
    expect(target).toBeDefined();
    expect(headers['x-project-id']).toBe(projectId);
    expect(region).toBe(target?.project.region);
    const isForeign = target?.account.domainName === agency.domainName;
    expect(headers['x-security-token'] !== undefined).toBe(isForeign);
    // a request that met a fault was not looked at
    if (caller !== undefined) expect(caller.split('/')[0]).toBe(target?.account.domainName);
  }
}

test('whatever happens, each target loses at most what is due in it, and every cap holds', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async ({ targets, cap, eventCap, chosen, concurrency, faults, runs }) => {
      const estate = await prepareTargets({
        entry: (at) => {
          const { minAge = 1, cap: own = 0, isDry = true } = targets[at] ?? {};
          return { sweep: { min_age: `${minAge}h`, max_deletes: own, dry_run: isDry } };
        },
        variables: { SWEEP_MAX_DELETES: String(cap), SWEEP_CONCURRENCY: String(concurrency), MAX_ATTEMPTS: '2' },
      });
      const due = targets.map(({ ages, minAge }, at) => {
        const { project, shareId } = estate.at(at);
        return ages.flatMap((age) => {
          const taskId = project.addTask(shareId, ended((age + 0.5) * HOUR_MS));
          return age >= minAge ? [taskId] : [];
        });
      });
      for (const { at, skip, kind } of faults) {
        const { id } = estate.at(at).project;
        estate.cloud.order({ where: ({ path }) => path.includes(id), skip, kind });
      }
      const event = {
        targets: chosen.map((at) => estate.names[at]),
        ...(eventCap !== undefined && { max_deletes: eventCap }),
      };

      const instances = Array.from({ length: runs }, () => estate.start());
      const summaries = await Promise.all(instances.map(({ sweep }) => sweep(event, 20_000)));

      for (const [at, { ages: _, cap: own, isDry }] of targets.entries()) {
        const { deletedTaskIds } = estate.at(at).project;
        const allowed = isDry || !chosen.includes(at) ? [] : due[at];
        expect(allowed).toEqual(expect.arrayContaining([...deletedTaskIds]));
        expect(deletedTaskIds.length).toBeLessThanOrEqual(own * runs);
      }
      expect(estate.cloud.deletedTaskIds.length).toBeLessThanOrEqual(Math.min(cap, eventCap ?? cap) * runs);
      for (const summary of summaries) {
        expect(accountedFor(summary)).toBe(summary.listed);
        expect(summary.targets).toBe(chosen.length);
      }
      expectNothingMixed(estate);
      await Promise.all(instances.map(({ app }) => app.close()));
      await estate.cloud.close();
    }),
    { numRuns: 40 },
  );
}, 120_000);

const TASKS = 2;

describe('a run over four targets', () => {
  async function prepareFour() {
    const estate = await prepareTargets({ count: 4, variables: { SWEEP_CONCURRENCY: '2' } });
    const due = [0, 1, 2, 3].flatMap((at) => estate.addDue(at, TASKS));
    return { ...estate, due };
  }

  // the lists of shares and of tasks, two requests each, and the DELETEs
  test.each(Array.from({ length: 4 * (4 + TASKS) }, (_, answers) => answers))(
    'that is killed after %i answers is finished by the next',
    async (answers) => {
      const { cloud, start, due } = await prepareFour();
      cloud.order({ kind: { type: 'silence', act: true }, skip: answers, times: Number.POSITIVE_INFINITY });
      const victim = start({}, { sleep: () => new Promise<void>(() => {}) });

      victim.sweep().catch(() => {});
      while (cloud.requests.length <= answers) await sleep(2);
      await sleep(5);
      await victim.app.close();
      cloud.clearFaults();
      const next = await start().sweep();

      expect(next).toMatchObject({ targets: 4, failed_targets: 0, truncated: false, remaining: 0 });
      expect(new Set(cloud.deletedTaskIds)).toEqual(new Set(due));
      expect(cloud.deletedTaskIds).toHaveLength(due.length);
    },
  );

  test('twice at once deletes each due task once', async () => {
    const { cloud, start, due } = await prepareFour();

    const summaries = await Promise.all([start().sweep(), start().sweep()]);

    expect(new Set(cloud.deletedTaskIds)).toEqual(new Set(due));
    expect(cloud.deletedTaskIds).toHaveLength(due.length);
    expect(summaries.map(({ failed_targets: failed }) => failed)).toEqual([0, 0]);
  });
});
