import { expect, test } from 'vitest';
import { parseCancelMany } from '../../../handlers/requests/cancel-many-body.ts';

const SHORTEST = { share_id: 'prod', status: ['DOING'] };
const LONG = 'x'.repeat(80);

test('a body that says no more than it must is dry, and for ten tasks at most', () => {
  const parsed = parseCancelMany(SHORTEST);

  expect(parsed).toEqual({
    share: 'prod',
    projectId: undefined,
    statuses: new Set(['DOING']),
    olderThanMs: undefined,
    pathPrefix: undefined,
    max: 10,
    dryRun: true,
  });
});

test('a complete body is understood', () => {
  const parsed = parseCancelMany({
    ...{ share_id: 'team.prod_1', project_id: 'p-1', feature: 'dir-usage', status: ['DOING', 'FAIL'] },
    ...{ older_than: '6h', path_prefix: '/builds/', max: 100, dry_run: false },
  });

  expect(parsed).toEqual({
    share: 'team.prod_1',
    projectId: 'p-1',
    statuses: new Set(['DOING', 'FAIL']),
    olderThanMs: 21_600_000,
    pathPrefix: '/builds/',
    max: 100,
    dryRun: false,
  });
});

test.each([
  { fields: { share_id: undefined }, says: 'share_id is missing' },
  { fields: { share_id: '../x' }, says: 'share_id must be' },
  { fields: { share_id: 7 }, says: 'share_id must be' },
  { fields: { status: undefined }, says: 'status is missing' },
  { fields: { status: [] }, says: 'status must be' },
  { fields: { status: 'DOING' }, says: 'status must be' },
  { fields: { status: ['doing'] }, says: 'status must be' },
  { fields: { status: ['DOING', 'PAUSED'] }, says: 'status must be' },
  { fields: { older_than: 'soon' }, says: 'older_than must be' },
  { fields: { older_than: 6 }, says: 'older_than must be' },
  { fields: { path_prefix: 'builds' }, says: 'path_prefix must begin with /' },
  { fields: { path_prefix: `/${'x'.repeat(4_096)}` }, says: 'path_prefix must' },
  { fields: { max: 0 }, says: 'max must be' },
  { fields: { max: 101 }, says: 'max must be' },
  { fields: { max: 1.5 }, says: 'max must be' },
  { fields: { max: '10' }, says: 'max must be' },
  { fields: { dry_run: 'false' }, says: 'dry_run must be' },
  { fields: { dry_run: null }, says: 'dry_run must be' },
  { fields: { project_id: '' }, says: 'project_id is missing' },
  { fields: { only: ['a'] }, says: 'unknown field "only"' },
  { fields: { statuses: ['DOING'] }, says: 'unknown field "statuses"' },
  { fields: { [LONG]: 1 }, says: `unknown field "${LONG.slice(0, 64)}…"` },
])('$fields is refused, and the message names the field', ({ fields, says }) => {
  expect(() => parseCancelMany({ ...SHORTEST, ...fields })).toThrow(
    expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(says) }),
  );
});

test.each([[[]], ['text'], [null], [7]])('%j is no object', (body) => {
  expect(() => parseCancelMany(body)).toThrow('body must be a JSON object');
});

test('another feature is told when all else is well', () => {
  expect(() => parseCancelMany({ ...SHORTEST, feature: 'du' })).toThrow(
    expect.objectContaining({ code: 'feature_invalid' }),
  );
  expect(() => parseCancelMany({ ...SHORTEST, feature: 'du', max: 0 })).toThrow('max must be');
});
