import { expect, test } from 'vitest';
import { encodeRfc3986 } from '../../../lib/net/url.ts';

test.each([
  ['', ''],
  ['AZaz09-._~', 'AZaz09-._~'],
  ["a!'()*~b", 'a%21%27%28%29%2A~b'],
  ["!'()*", '%21%27%28%29%2A'],
  ['a b/c?d=e&f', 'a%20b%2Fc%3Fd%3De%26f'],
  ['+%', '%2B%25'],
  ['目录', '%E7%9B%AE%E5%BD%95'],
  ['*(*)', '%2A%28%2A%29'],
])('%j is encoded as RFC 3986 has it', (text, encoded) => {
  expect(encodeRfc3986(text)).toBe(encoded);
});
