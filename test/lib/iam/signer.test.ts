import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signRequest } from '../../../lib/iam/signer.ts';
import { encodeRfc3986 } from '../../../lib/net/url.ts';

const signatureOf = (headers: Readonly<Record<string, string>>) =>
  /Signature=([0-9a-f]{64})$/.exec(headers['authorization'] ?? '')?.[1];

describe('the vectors', () => {
  test("of the signing guide's own example", () => {
    const url = new URL(
      'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
    );
    const key = { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' };

    const headers = signRequest(
      { method: 'GET', url },
      { 'content-type': 'application/json' },
      key,
      Date.UTC(2019, 10, 15, 3, 36, 55),
    );

    expect(headers['x-sdk-date']).toBe('20191115T033655Z');
    expect(signatureOf(headers)).toBe('7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe');
  });

  test('of our own DELETE, made with the official SDK', () => {
    const url = new URL(
      'https://sfs-turbo.cn-north-4.myhuaweicloud.com/v1/aa2d97d7e62c4b7da3ffdfc11551f878/sfs-turbo/shares/77ba6f4b-6365-4895-8dda-bc7142af4dde/fs/dir-usage/tasks/11abef677ac40f46644d1d5cfc2424a4',
    );
    const key = { accessKey: 'AKEXAMPLE0000000000', secretKey: 'SKexample0000000000000000000000000000000' };
    const given = { 'content-type': 'application/json', 'x-project-id': 'aa2d97d7e62c4b7da3ffdfc11551f878' };

    const headers = signRequest({ method: 'DELETE', url }, given, key, Date.UTC(2024, 0, 2, 3, 4, 5));

    expect(headers['authorization']).toBe(
      'SDK-HMAC-SHA256 Access=AKEXAMPLE0000000000, SignedHeaders=content-type;host;x-project-id;x-sdk-date, ' +
        'Signature=81b5df4c8ea8153fee6fb138c7742c665770d7e907214c62090aa6ff72ad459c',
    );
  });
});

// the official SDK keeps its signer inside the package; a test may reach for it
const require = createRequire(import.meta.url);
const { AKSKSigner } = require('@huaweicloud/huaweicloud-sdk-core/auth/AKSKSigner');
const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core/auth/BasicCredentials');

interface OfficialRequest {
  endpoint: string;
  url: string;
  method: string;
  headers: Record<string, string>;
  queryParams: Record<string, string>;
  data?: unknown;
}

test('every request is signed as the official SDK signs it', () => {
  const word = fc.stringMatching(/^[A-Za-z0-9._~-]{1,20}$/);
  const text = fc.oneof(
    word,
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed()),
  );
  const requests = fc.record({
    method: fc.constantFrom('GET' as const, 'DELETE' as const),
    host: fc.constantFrom('sfs-turbo.cn-north-4.myhuaweicloud.com', 'iam.eu-west-101.myhuaweicloud.eu'),
    segments: fc.array(
      word.filter((segment) => segment !== '.' && segment !== '..'),
      { minLength: 1, maxLength: 6 },
    ),
    query: fc.dictionary(word, text, { maxKeys: 4 }),
    project: fc.stringMatching(/^[0-9a-f]{32}$/),
    atMs: fc.date({ min: new Date('2020-01-01'), max: new Date('2035-01-01'), noInvalidDate: true }).map(Number),
    secretKey: fc.stringMatching(/^[A-Za-z0-9]{40}$/),
    securityToken: fc.option(fc.stringMatching(/^[A-Za-z0-9+/=]{1,200}$/), { nil: undefined }),
  });

  fc.assert(
    fc.property(requests, ({ method, host, segments, query, project, atMs, secretKey, securityToken }) => {
      const search = Object.entries(query).map(([name, value]) => `${encodeRfc3986(name)}=${encodeRfc3986(value)}`);
      const url = new URL(`https://${host}/${segments.join('/')}${search.length > 0 ? `?${search.join('&')}` : ''}`);
      const given = { 'content-type': 'application/json', 'x-project-id': project };

      const headers = signRequest({ method, url }, given, { accessKey: 'AK', secretKey, securityToken }, atMs);

      const official: OfficialRequest = {
        endpoint: `https://${host}/${segments.join('/')}`,
        url: `/${segments.join('/')}`,
        method,
        headers: {
          ...given,
          'X-Sdk-Date': headers['x-sdk-date'] ?? '',
          ...(securityToken !== undefined && { 'X-Security-Token': securityToken }),
        },
        queryParams: query,
      };
      const expected = AKSKSigner.sign(official, new BasicCredentials().withAk('AK').withSk(secretKey));
      expect(signatureOf(headers)).toBe(
        signatureOf({ authorization: expected['Authorization'] ?? expected['authorization'] }),
      );
    }),
    { numRuns: 300 },
  );
});

test('the digest of an empty body is that of nothing, not of {}', () => {
  const url = new URL('https://sfs-turbo.cn-north-4.myhuaweicloud.com/v1/p');
  const key = { accessKey: 'AK', secretKey: 'SK' };

  const [none, empty, braces] = [undefined, '', '{}'].map((body) =>
    signatureOf(signRequest({ method: 'DELETE', url, body }, {}, key, 0)),
  );

  expect(none).toBe(empty);
  expect(none).not.toBe(braces);
  expect(createHash('sha256').update('').digest('hex')).toMatch(/^e3b0c442/);
});

test('spaces around the value of a header do not count, since HTTP takes them off on the way', () => {
  const url = new URL('https://sfs-turbo.cn-north-4.myhuaweicloud.com/v1/p');
  const key = { accessKey: 'AK', secretKey: 'SK' };

  const [padded, plain] = ['\t a  b ', 'a  b'].map((value) =>
    signatureOf(signRequest({ method: 'GET', url }, { 'x-project-id': value }, key, 0)),
  );

  expect(padded).toBe(plain);
});

test('the order of parameters does not count, also of those with the same name', () => {
  const key = { accessKey: 'AK', secretKey: 'SK' };

  const signatures = ['a=1&a=2&b=1&b=1', 'a=2&a=1&b=1&b=1', 'b=1&a=2&b=1&a=1'].map((query) =>
    signatureOf(signRequest({ method: 'GET', url: new URL(`https://example.com/?${query}`) }, {}, key, 0)),
  );

  expect(new Set(signatures).size).toBe(1);
});
