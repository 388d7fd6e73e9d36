import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { authenticateCaller } from '../../../handlers/requests/caller-key.ts';

const digest = (key: string) => createHash('sha256').update(key).digest();
const request = (authorization?: string) => ({
  method: 'POST',
  path: '/',
  headers: authorization === undefined ? {} : { authorization },
  rawBody: Buffer.alloc(0),
});

test('each caller is known by the name of the key', () => {
  const keys = [
    { name: 'ci', sha256: digest('first') },
    { name: 'ops', sha256: digest('second') },
  ];

  const names = ['Bearer first', 'Bearer second'].map((header) => authenticateCaller(request(header), keys));

  expect(names).toEqual(['ci', 'ops']);
});

test('a caller has two keys while they are rotated', () => {
  const keys = ['old', 'new'].map((key) => ({ name: 'ci', sha256: digest(key) }));

  expect(authenticateCaller(request('Bearer old'), keys)).toBe('ci');
  expect(authenticateCaller(request('Bearer new'), keys)).toBe('ci');
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
  const check = () => authenticateCaller(request(header), [{ name: 'ci', sha256: digest('first') }]);

  expect(check).toThrow(
    expect.objectContaining({ code: 'unauthenticated', message: 'the request is not authenticated' }),
  );
});

test('nobody is let in where no key is configured, not even with an empty one', () => {
  expect(() => authenticateCaller(request('Bearer '), [])).toThrow(expect.objectContaining({ code: 'misconfigured' }));
});
