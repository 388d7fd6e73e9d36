import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseListQuery } from '../../../handlers/requests/list-query.ts';
import { ServiceError } from '../../../lib/core/errors.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';

const PATH = { project_id: 'project-1', share_id: 'share-1', feature: 'dir-usage' };
const parse = (query: string, path: Readonly<Record<string, string>> = PATH) =>
  parseListQuery({ query: [...new URLSearchParams(query)] }, path);
const invalid = (message: string) =>
  expect.objectContaining({ code: 'invalid_input', message: expect.stringContaining(message) });

test('an empty query asks for 20 tasks, whatever they are', () => {
  expect(parse('')).toEqual({ shareId: 'share-1', projectId: 'project-1', limit: 20 });
});

test('all parameters at once', () => {
  const query = parse('limit=100&marker=task-1&status=FAIL,DOING&older_than=7d&path_prefix=%2Fbuilds%2Fa+b');

  expect(query).toEqual({
    shareId: 'share-1',
    projectId: 'project-1',
    limit: 100,
    marker: 'task-1',
    statuses: new Set(['FAIL', 'DOING']),
    olderThanMs: 7 * 86_400_000,
    pathPrefix: '/builds/a b',
  });
});

test.each([
  ['limit=0', 'limit must be a whole number from 1 to 100'],
  ['limit=1.5', 'limit must be'],
  ['limit=-1', 'limit must be'],
  ['limit=1e2', 'limit must be'],
  ['limit=٣', 'limit must be'],
  ['marker=', 'marker must be the id of a task'],
  [`marker=${'a'.repeat(129)}`, 'marker must be'],
  ['status=doing', 'status must be one or more of SUCCESS, FAIL, DOING, comma-separated'],
  ['status=DOING, FAIL', 'status must be'],
  ['older_than=', 'older_than must be a duration'],
  ['older_than=-1h', 'older_than must be'],
  ['path_prefix=', 'path_prefix must begin with /'],
  [`path_prefix=/${'a'.repeat(4_096)}`, 'at most 4096 characters'],
  ['limit=1&limit=1', 'limit must not be there twice'],
  ['dry_run=true', 'unknown parameter "dry_run"; known: limit, marker, status, older_than, path_prefix'],
  ['Limit=1', 'unknown parameter "Limit"'],
  ['__proto__=1', 'unknown parameter "__proto__"'],
  ['toString=1', 'unknown parameter "toString"'],
])('%s is refused: %s', (query, message) => {
  expect(() => parse(query)).toThrow(invalid(message));
});

describe('the path', () => {
  test.each(['project_id', 'share_id'])('has a %s', (name) => {
    expect(() => parse('', { ...PATH, [name]: 'a_b' })).toThrow(invalid(`${name} must be`));
  });

  test('has the one feature, which is looked at last', () => {
    expect(() => parse('', { ...PATH, feature: 'du' })).toThrow(expect.objectContaining({ code: 'feature_invalid' }));
    expect(() => parse('', { ...PATH, feature: 'du', share_id: '' })).toThrow(invalid('share_id is missing'));
  });
});

test('whatever the parameters are, they are understood or refused by name', () => {
  const naughty = fc.constantFrom(...NAUGHTY_STRINGS);
  const name = fc.oneof(
    fc.constantFrom('limit', 'marker', 'status', 'older_than', 'path_prefix'),
    naughty,
    fc.string(),
  );
  const pair = fc.tuple(name, fc.oneof(naughty, fc.string(), fc.constantFrom('1', 'DOING', '24h', '/a')));

  fc.assert(
    fc.property(fc.array(pair, { maxLength: 4 }), (query) => {
      try {
        const { limit, marker = 'a', pathPrefix = '/' } = parseListQuery({ query }, PATH);
        expect(limit).toBeGreaterThanOrEqual(1);
        expect(limit).toBeLessThanOrEqual(100);
        expect(marker).toMatch(/^[!-~]{1,128}$/);
        expect(pathPrefix.startsWith('/')).toBe(true);
      } catch (error) {
        if (!(error instanceof ServiceError)) throw error;
        expect(error.code).toBe('invalid_input');
        expect(error.message.length).toBeLessThan(200);
      }
    }),
    { numRuns: 2_000 },
  );
});
