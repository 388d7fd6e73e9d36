import { describe, expect, test } from 'vitest';
import { readHttpConfig } from '../../../lib/config/read-config.ts';
import { parseTaskRef } from '../../../lib/core/task.ts';
import type { CloudProject } from '../../cloud/cloud.ts';
import {
  accountsOf,
  outcomeOfCall,
  startTargetApp,
  startTargetEstate,
  type TargetApp,
  toEntry,
} from '../../support/target-estate.ts';

const MINUTE_MS = 60_000;
const TAGS = { 'du-cleaner': ['on', 'yes'], team: [] };
const CALLER = { name: 'ci', shares: '*' } as const;

/** A target whose shares are chosen by tags. @param at of the estate: the first four by the function's own key, the others by an agency's */
async function startTagged(at = 0, by: 'key' | 'password' = 'key') {
  const estate = await startTargetEstate({ tokenLength: 100 });
  const place = estate.at(at);
  const entry = { ...toEntry(estate, place), shares: { tags: TAGS } };
  const app = startTargetApp(estate, [entry], { ...estate[by], ...(at > 3 && { ACCOUNTS: accountsOf(estate) }) });
  const [target] = app.targets;
  if (target === undefined) throw new RangeError('no target');
  const asked = () => estate.cloud.requestsOf('ListSharesByTag').length;
  return { ...estate, project: place.project, app, target, asked };
}

type Started = Awaited<ReturnType<typeof startTagged>>;

const allowedIn = async ({ target, app }: Pick<Started, 'target' | 'app'>) =>
  (await target.withShares(app.call())).settings.allowedShares;

async function cancelIn({ target, app, project }: Started & { readonly app: TargetApp }, shareId: string) {
  const ref = parseTaskRef({ share_id: shareId, task_id: project.addTask(shareId) });
  return outcomeOfCall(target.withShares(app.call()).then(({ cancelTask }) => cancelTask(ref, CALLER, app.call())));
}

function addShares(project: CloudProject) {
  return {
    both: project.addShare({ tags: { 'du-cleaner': 'yes', team: 'x' } }),
    off: project.addShare({ tags: { 'du-cleaner': 'off', team: 'x' } }),
    one: project.addShare({ tags: { 'du-cleaner': 'on' } }),
    none: project.addShare(),
  };
}

describe('the shares that may be touched', () => {
  test.each([
    [0, 'key'],
    [0, 'password'],
    [4, 'key'],
  ] as const)('are those with every tag, in target %i by %s', async (at, by) => {
    const tagged = await startTagged(at, by);
    const { both } = addShares(tagged.project);

    const allowed = await allowedIn(tagged);

    expect(allowed).toEqual(new Set([both]));
    expect(JSON.parse(tagged.cloud.requestsOf('ListSharesByTag')[0]?.body ?? '')).toEqual({
      action: 'filter',
      limit: '100',
      offset: '0',
      tags: [
        { key: 'du-cleaner', values: ['on', 'yes'] },
        { key: 'team', values: [] },
      ],
    });
  });

  test('are found on however many pages', async () => {
    const tagged = await startTagged();
    const ids = Array.from({ length: 230 }, () => addShares(tagged.project).both);

    const allowed = await allowedIn(tagged);

    expect(allowed).toEqual(new Set(ids));
  });

  test('are those of the project’s list, and no other with the tags', async () => {
    const tagged = await startTagged();
    const { both } = addShares(tagged.project);
    const tags = [
      { key: 'du-cleaner', value: 'on' },
      { key: 'team', value: 'x' },
    ];
    const resources = [both, 'elsewhere'].map((id) => ({ resource_id: id, tags }));
    const body = { resources, total_count: 2 };
    tagged.cloud.order({ operation: 'ListSharesByTag', kind: { type: 'status', status: 200, body } });

    const allowed = await allowedIn(tagged);

    expect(allowed).toEqual(new Set([both]));
  });

  test('are asked for once by all who come at once, and once a minute', async () => {
    const tagged = await startTagged();
    const { both } = addShares(tagged.project);

    const first = await Promise.all(Array.from({ length: 20 }, () => allowedIn(tagged)));
    const atFirst = tagged.asked();
    const later = tagged.project.addShare({ tags: { 'du-cleaner': 'on', team: 'y' } });
    tagged.runtime.advance(MINUTE_MS - 1);
    const before = await allowedIn(tagged);
    const within = tagged.asked();
    tagged.runtime.advance(1);
    const after = await allowedIn(tagged);

    expect(new Set(first).size).toBe(1);
    expect([before, after]).toEqual([new Set([both]), new Set([both, later])]);
    // a page, and an empty one
    expect([atFirst, within, tagged.asked()]).toEqual([2, 2, 4]);
  });
});

describe('a share', () => {
  test('without the tags is not touched', async () => {
    const tagged = await startTagged();
    const { both, off, one, none } = addShares(tagged.project);

    const outcomes = [];
    for (const shareId of [both, off, one, none]) outcomes.push(await cancelIn(tagged, shareId));

    expect(outcomes).toEqual(['ok', 'forbidden', 'forbidden', 'forbidden']);
    expect(tagged.cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
  });

  test('is not touched by whoever does not ask for the tags', async () => {
    const { app, target, project, cloud } = await startTagged();
    const { both } = addShares(project);
    const ref = parseTaskRef({ share_id: both, task_id: project.addTask(both) });

    const outcome = await outcomeOfCall(target.cancelTask(ref, CALLER, app.call()));

    expect(outcome).toBe('forbidden');
    expect(cloud.requests).toEqual([]);
  });

  test.each([
    [{ type: 'status', status: 403 }, 'upstream_forbidden'],
    [{ type: 'status', status: 500 }, 'upstream_error'],
    [{ type: 'status', status: 200, body: '[]' }, 'upstream_invalid'],
    [{ type: 'status', status: 200, body: { resources: [{ resource_id: 'x', tags: [] }] } }, 'upstream_invalid'],
    [{ type: 'status', status: 200, body: { resources: [{ resource_id: 'x' }] } }, 'upstream_invalid'],
    [{ type: 'reset', when: 'before' }, 'upstream_unavailable'],
  ] as const)('is not touched when the question is answered by %j', async (kind, outcome) => {
    const tagged = await startTagged();
    const { both } = addShares(tagged.project);
    tagged.cloud.order({ operation: 'ListSharesByTag', kind });

    const outcomes = [await cancelIn(tagged, both), await cancelIn(tagged, both)];

    expect(outcomes).toEqual([outcome, 'ok']);
    expect(tagged.cloud.requestsOf('DeleteFsTask')).toHaveLength(1);
  });
});

test('a target whose shares have tags allows none by its id', () => {
  const entry = { name: 'prod', shares: { tags: TAGS } };
  const variables: Readonly<Record<string, string>> = {
    HW_REGION_NAME: 'cn-north-4',
    HW_ACCESS_KEY: 'AK',
    HW_SECRET_KEY: 'SK',
    TARGETS: JSON.stringify([entry]),
  };

  const { targets } = readHttpConfig((name) => variables[name]);

  expect(targets).toMatchObject([{ tags: TAGS, allowedShares: new Set() }]);
});
