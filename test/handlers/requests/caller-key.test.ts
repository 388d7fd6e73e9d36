import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticateCaller } from '../../../handlers/requests/caller-key.ts';

const digest = (key: string) => createHash('sha256').update(key).digest();
const keyOf = (name: string, key: string) => ({
  name,
  sha256: digest(key),
  rights: new Set(['cancel'] as const),
  shares: '*' as const,
});
const request = (authorization?: string) => ({
  method: 'POST',
  path: '/',
  headers: authorization === undefined ? {} : { authorization },
  rawBody: Buffer.alloc(0),
});

test('each caller is known by the name of the key', () => {
  const keys = [keyOf('ci', 'first'), keyOf('ops', 'second')];

  const names = ['Bearer first', 'Bearer second'].map((header) => authenticateCaller(request(header), keys).name);

  expect(names).toEqual(['ci', 'ops']);
});

test('a caller has two keys while they are rotated', () => {
  const keys = ['old', 'new'].map((key) => keyOf('ci', key));

  expect(authenticateCaller(request('Bearer old'), keys).name).toBe('ci');
  expect(authenticateCaller(request('Bearer new'), keys).name).toBe('ci');
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer other',
  'Bearer first second',
  `Bearer ${'x'.repeat(5_000)}`,
  'Bearer ключ',
])('%s is not authenticated', (header) => {
  const check = () => authenticateCaller(request(header), [keyOf('ci', 'first')]);

  expect(check).toThrow(
    expect.objectContaining({ code: 'unauthenticated', message: 'the request is not authenticated' }),
  );
});

test('nobody is let in where no key is configured, not even with an empty one', () => {
  expect(() => authenticateCaller(request('Bearer '), [])).toThrow(expect.objectContaining({ code: 'misconfigured' }));
});
