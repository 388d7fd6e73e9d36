import { expect, test } from 'vitest';
import { startTestCloud } from './caller.ts';
import type { CloudOptions } from './cloud.ts';
import { outcomeOf, sendSigned, startEstate } from './estate.ts';

/** Three tagged shares and one without tags. */
async function tagged(options?: CloudOptions) {
  const cloud = await startTestCloud(options);
  cloud.addShare({ name: 'a-1', tags: { 'du-cleaner': 'on', team: 'x' } });
  cloud.addShare({ name: 'a-2', tags: { 'du-cleaner': 'off', team: 'x' } });
  const id = cloud.addShare({ name: 'b-1', tags: { 'du-cleaner': 'on' } });
  cloud.addShare({ name: 'b-2' });
  const url = `${cloud.sfsTurboUrl}/v1/${cloud.projectId}/sfs-turbo`;
  const ask = (body: unknown) =>
    sendSigned(`${url}/resource_instances/action`, cloud, { method: 'POST', body: JSON.stringify(body) });
  const namesOf = async (body: object) => {
    const { resources, total_count } = JSON.parse((await ask({ action: 'filter', ...body })).text);
    return { names: resources.map((r: { resource_name: string }) => r.resource_name), total_count };
  };
  return { cloud, id, url, ask, namesOf };
}

const tag = (key: string, ...values: readonly string[]) => ({ key, values });

test.each([
  { what: 'a value', body: { tags: [tag('du-cleaner', 'on')] }, names: ['a-1', 'b-1'] },
  { what: 'one of two values', body: { tags: [tag('du-cleaner', 'on', 'off')] }, names: ['a-1', 'a-2', 'b-1'] },
  { what: 'any value', body: { tags: [tag('team')] }, names: ['a-1', 'a-2'] },
  { what: 'two keys', body: { tags: [tag('team', 'x'), tag('du-cleaner', 'on')] }, names: ['a-1'] },
  { what: 'a name', body: { matches: [{ key: 'resource_name', value: 'a-2' }] }, names: ['a-2'] },
  {
    what: 'the beginning of a name',
    body: { tags: [tag('du-cleaner', 'on')], matches: [{ key: 'resource_name', value: 'b*' }] },
    names: ['b-1'],
  },
  { what: 'no tag at all', body: { without_any_tag: true, tags: [tag('team')] }, names: ['b-2'] },
  { what: 'nothing, which means every share', body: { tags: [] }, names: ['a-1', 'a-2', 'b-1', 'b-2'] },
])('finds shares by $what', async ({ body, names }) => {
  const { namesOf } = await tagged();

  const found = await namesOf(body);

  expect(found).toEqual({ names, total_count: names.length });
});

test.each([
  { limit: '2', offset: '1' },
  { limit: 2, offset: 1 },
])('pages with $limit and $offset, as text and as numbers', async (page) => {
  const { namesOf } = await tagged();

  const found = [await namesOf(page), await namesOf({ ...page, offset: '4' })];

  expect(found).toEqual([
    { names: ['a-2', 'b-1'], total_count: 4 },
    { names: [], total_count: 4 },
  ]);
});

test('counts, and tells the tags of what it finds', async () => {
  const { ask, id } = await tagged();
  const tags = [tag('du-cleaner', 'on')];

  const counted = await ask({ action: 'count', tags });
  const found = await ask({ action: 'filter', tags, offset: '1' });

  expect(JSON.parse(counted.text)).toEqual({ total_count: 2 });
  expect(JSON.parse(found.text).resources).toEqual([
    { resource_id: id, resource_name: 'b-1', resource_detail: '', tags: [{ key: 'du-cleaner', value: 'on' }] },
  ]);
});

test.each<[string, object]>([
  ['no action', { action: undefined }],
  ['another action', { action: 'find' }],
  ['a field that is not documented', { tags_any: [] }],
  ['a limit of 0', { limit: '0' }],
  ['a limit of 1001', { limit: 1001 }],
  ['a negative offset', { offset: -1 }],
  ['a key without values', { tags: [{ key: 'team' }] }],
  ['an empty key', { tags: [tag('')] }],
  ['a key twice', { tags: [tag('a', '1'), tag('a', '2')] }],
  ['a value twice', { tags: [tag('a', '1', '1')] }],
  ['21 keys', { tags: Array.from({ length: 21 }, (_, i) => tag(`k${i}`)) }],
  ['21 values', { tags: [tag('a', ...Array.from({ length: 21 }, (_, i) => `${i}`))] }],
  ['a key of 129 characters', { tags: [tag('k'.repeat(129))] }],
  ['a match of another field', { matches: [{ key: 'id', value: 'x' }] }],
])('refuses %s', async (_name, changes) => {
  const { ask } = await tagged();

  const reply = await ask({ action: 'filter', ...changes });

  expect(outcomeOf(reply)).toBe('400 SFS.TURBO.0001');
});

test('tells the tags of one share', async () => {
  const { cloud, id, url } = await tagged();

  const replies = [await sendSigned(`${url}/${id}/tags`, cloud), await sendSigned(`${url}/none/tags`, cloud)];

  expect(JSON.parse(replies[0]?.text ?? '')).toEqual({ tags: [{ key: 'du-cleaner', value: 'on' }] });
  expect(replies.map(outcomeOf)).toEqual(['200', '403 SFS.TURBO.9000']);
});

test.each([
  { tagsInListings: true, tags: [2, 2, 1, 0] },
  { tagsInListings: false, tags: [undefined, undefined, undefined, undefined] },
])('lists shares with their tags when $tagsInListings', async ({ tagsInListings, tags }) => {
  const { cloud, url } = await tagged({ tagsInListings });

  const reply = await sendSigned(`${url}/shares/detail`, cloud);

  const { shares } = JSON.parse(reply.text);
  expect(shares.map((share: { tags?: unknown[] }) => share.tags?.length)).toEqual(tags);
});

test('finds the shares of the project in the path alone', async () => {
  const { at, targets } = await startEstate();
  for (const { project } of targets) project.addShare({ tags: { 'du-cleaner': 'on' } });
  const { account, project, url } = at(1);

  const reply = await sendSigned(`${url}/v1/${project.id}/sfs-turbo/resource_instances/action`, account.user, {
    method: 'POST',
    body: JSON.stringify({ action: 'count', tags: [tag('du-cleaner', 'on')] }),
    projectId: project.id,
  });

  expect(JSON.parse(reply.text)).toEqual({ total_count: 1 });
});
