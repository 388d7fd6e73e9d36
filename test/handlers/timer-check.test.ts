import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../handlers/timer.ts';
import { createTimerApp } from '../../lib/app.ts';
import { readTimerConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { startCloud } from '../cloud/cloud.ts';
import { addThreeTargets } from '../cloud/three-targets.ts';
import { lambdaContext } from '../support/contexts.ts';
import { onlyApp } from '../support/only-app.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';

/** The function `timer` for three targets, or for one without a name, with tasks that a sweep would delete. */
async function deploy({ hasTargets = true, variables = {} }: { hasTargets?: boolean; variables?: object } = {}) {
  const cloud = await startCloud();
  const shareId = cloud.addShare();
  const targets = await addThreeTargets(cloud, shareId);
  for (const { project, shareId: id } of [targets.north, targets.east, targets.partner]) {
    project.addTask(id, ended(48 * HOUR_MS));
  }
  const ofOne = { ...cloud.environment(), ALLOWED_SHARES: shareId, SWEEP_SHARES: shareId };
  const values: Readonly<Record<string, string>> = {
    ...(hasTargets ? targets.variables : ofOne),
    ...{ SWEEP_DRY_RUN: 'false', SWEEP_KEEP_LATEST: '0', MAX_ATTEMPTS: '1', LOG_LEVEL: 'ERROR' },
    ...variables,
  };
  const lines: string[] = [];
  const app = createTimerApp(
    readTimerConfig((name) => values[name]),
    { ...nodeRuntime, write: (line) => lines.push(line) },
  );
  onTestFinished(async () => void (await Promise.all([app.close(), cloud.close()])));
  const handler = createHandler(onlyApp(app));
  return {
    cloud,
    targets,
    invoke: (event: unknown) => handler(event, lambdaContext()),
    logged: (event: string) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
  };
}

const NAMES = ['north', 'east', 'partner'];

describe('an event that orders a check', () => {
  test.each([
    { name: 'the event itself', event: { check: true } },
    { name: 'the text in user_event', event: { trigger_type: 'TIMER', user_event: '{"check":true}' } },
    { name: 'the object in detail', event: { 'detail-type': 'Scheduled Event', detail: { check: true } } },
  ])('as $name looks at every target, and deletes nothing', async ({ event }) => {
    const { cloud, invoke, logged } = await deploy();

    const answer = await invoke(event);

    const looked = NAMES.flatMap((target) =>
      ['credentials', 'service', 'shares', 'tasks'].map((check) => ({ target, check })),
    );
    expect(answer).toMatchObject({ failed: false, checks: looked.map((row) => ({ ...row, result: 'ok' })) });
    expect(logged('check')).toMatchObject(looked.map((row) => ({ ...row, level: 'INFO', outcome: 'ok' })));
    expect(
      new Set(cloud.requests.filter(({ service }) => service === 'sfs-turbo').map(({ method }) => method)),
    ).toEqual(new Set(['GET']));
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('names targets, and probes a DELETE where it says so', async () => {
    const { cloud, targets, invoke } = await deploy();

    const answer = await invoke({ check: true, targets: ['east'], probe_delete: true });

    expect(answer).toMatchObject({ checks: expect.arrayContaining([expect.objectContaining({ check: 'delete' })]) });
    const projects = new Set(cloud.requests.map(({ headers }) => headers['x-project-id']));
    expect(projects).toEqual(new Set([targets.east.project.id]));
    expect(cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('is a failed invocation when a target fails, and looks at the others all the same', async () => {
    const { targets, invoke, logged } = await deploy();
    targets.agency.distrust();

    const run = invoke({ check: true });

    await expect(run).rejects.toThrow('the check failed for partner (credentials)');
    const failed = logged('check').filter(({ outcome }) => outcome === 'failed');
    expect(failed).toMatchObject([{ level: 'ERROR', target: 'partner', check: 'credentials' }]);
    expect(failed[0]?.['remedy']).toContain('the agency in ACCOUNTS');
    expect(logged('check').filter(({ check, outcome }) => check === 'tasks' && outcome === 'ok')).toHaveLength(2);
  });

  test('looks at the only target, which has no name', async () => {
    const { invoke, cloud, logged } = await deploy({ hasTargets: false });

    const answer = await invoke({ check: true });

    expect(answer).toMatchObject({ failed: false });
    expect(logged('check').map(({ check, target }) => [check, target])).toEqual(
      ['credentials', 'service', 'shares', 'tasks'].map((check) => [check, undefined]),
    );
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test.each([
    [{ check: false }, 'check must be true'],
    [{ check: 'true' }, 'check must be true'],
    [{ check: true, dry_run: false }, 'unknown field "dry_run" in an event for a check'],
    [{ check: true, shares: ['a'] }, 'unknown field "shares" in an event for a check'],
    [{ check: true, targets: [] }, 'targets must be a list of names of targets'],
    [{ check: true, targets: 'north' }, 'targets must be a list of names of targets'],
    [{ check: true, probe_delete: 1 }, 'probe_delete must be true or false'],
    [{ check: true, targets: ['west'] }, 'targets names "west", which TARGETS does not have'],
    [{ trigger_type: 'TIMER', user_event: '{"check":true,"check":true}' }, 'user_event has a field twice'],
    [{ trigger_type: 'TIMER', check: true }, 'an order belongs in user_event'],
  ])('is refused as %j, and nothing is sent', async (event, why) => {
    const { cloud, invoke } = await deploy();

    await expect(invoke(event)).rejects.toThrow(why);
    expect(cloud.requests).toEqual([]);
  });
});
