import { describe, expect, test } from 'vitest';
import { readService } from '../../../lib/config/service.ts';
import { faultsIn, LEAST_VARIABLES, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const section = (change: Variables = {}) => readService(lookupIn({ ...LEAST_VARIABLES, ...change }));
const read = (change?: Variables) => settingsIn(section(change));
const faultsWith = (change: Variables) => faultsIn(section(change));

test('what is not set has the documented default', () => {
  expect(read()).toEqual({
    region: 'cn-north-4',
    iamUrl: 'https://iam.cn-north-4.myhuaweicloud.com/v3',
    sfsTurboUrl: 'https://sfs-turbo.cn-north-4.myhuaweicloud.com',
    project: { id: undefined, name: 'cn-north-4' },
    allowedShares: '*',
    requestTimeoutMs: 5_000,
    maxAttempts: 3,
    logLevel: 'INFO',
  });
});

test('what is set counts', () => {
  expect(
    read({
      HW_CLOUD: 'example.com',
      SFS_TURBO_ENDPOINT: 'https://sfs.example.com/',
      HW_PROJECT_ID: 'aa2d97d7e62c4b7da3ffdfc11551f878',
      HW_PROJECT_NAME: 'cn-north-4_storage',
      ALLOWED_SHARES: 'a, b,',
      REQUEST_TIMEOUT_MS: '100',
      MAX_ATTEMPTS: '10',
      LOG_LEVEL: 'warn',
    }),
  ).toEqual({
    region: 'cn-north-4',
    iamUrl: 'https://iam.cn-north-4.example.com/v3',
    sfsTurboUrl: 'https://sfs.example.com',
    project: { id: 'aa2d97d7e62c4b7da3ffdfc11551f878', name: 'cn-north-4_storage' },
    allowedShares: new Set(['a', 'b']),
    requestTimeoutMs: 100,
    maxAttempts: 10,
    logLevel: 'WARN',
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
    { HW_AUTH_URL: 'https://iam.{region}.example.com', iam: 'https://iam.cn-north-4.example.com/v3' },
    { HW_AUTH_URL: 'https://iam.example.com:8443/v3/', iam: 'https://iam.example.com:8443/v3' },
    { HW_AUTH_URL: 'https://iam.example.com/v3//', iam: 'https://iam.example.com/v3' },
    { HW_AUTH_URL: 'http://127.0.0.1:8080/v3', iam: 'http://127.0.0.1:8080/v3' },
    { HW_AUTH_URL: 'http://127.100.0.12:8080/v3', iam: 'http://127.100.0.12:8080/v3' },
    { HW_AUTH_URL: 'http://[::1]:8080/v3', iam: 'http://[::1]:8080/v3' },
    { HW_AUTH_URL: 'http://localhost:8080', iam: 'http://localhost:8080/v3' },
  ])('$iam', ({ iam, ...change }) => {
    expect(read(change).iamUrl).toBe(iam);
  });

  test.each([
    { url: 'http://iam.example.com/v3', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'http://127.0.0.1.example.com/v3', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'http://localhost.example.com/v3', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'http://notlocalhost/v3', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'http://iam.localhost/v3', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'ftp://127.0.0.1/', says: 'must be an https: URL (http: is for loopback only)' },
    { url: 'https://user:password@iam.example.com/v3', says: 'must be a URL without user, query and fragment' },
    { url: 'https://user@iam.example.com/v3', says: 'must be a URL without user, query and fragment' },
    { url: 'https://:password@iam.example.com/v3', says: 'must be a URL without user, query and fragment' },
    { url: 'https://iam.example.com/v3?x=1', says: 'must be a URL without user, query and fragment' },
    { url: 'https://iam.example.com/v3#x', says: 'must be a URL without user, query and fragment' },
    { url: 'iam.example.com', says: 'must be a URL' },
    { url: 'https://', says: 'must be a URL' },
  ])('cannot be $url', ({ url, says }) => {
    expect(faultsWith({ HW_AUTH_URL: url, SFS_TURBO_ENDPOINT: url })).toEqual([
      `HW_AUTH_URL ${says}`,
      `SFS_TURBO_ENDPOINT ${says}`,
    ]);
  });
});

test('a value that breaks several rules is one fault', () => {
  expect(faultsWith({ HW_AUTH_URL: 'http://user@iam.example.com/?x' })).toEqual([
    'HW_AUTH_URL must be an https: URL (http: is for loopback only)',
  ]);
});

test.each([
  {
    name: 'REQUEST_TIMEOUT_MS',
    says: 'must be a whole number from 100 to 60000',
    good: ['100', '60000'],
    bad: ['99', '60001', '5s', '5e3', '-1', '0x64', '1.5', 'NaN', '1000000000000000000'],
  },
  {
    name: 'MAX_ATTEMPTS',
    says: 'must be a whole number from 1 to 10',
    good: ['1', '10'],
    bad: ['0', '11', 'three', '٣'],
  },
  {
    name: 'LOG_LEVEL',
    says: 'must be one of DEBUG, INFO, WARN, ERROR',
    good: ['DEBUG', 'warn'],
    bad: ['TRACE', '7'],
  },
  {
    name: 'ALLOWED_SHARES',
    says: 'must be share ids, comma-separated, or *',
    good: ['*', 'a,b', 'a, b,'],
    bad: ['a b', '*,a', 'a/b', 'ä', ','],
  },
  {
    name: 'HW_PROJECT_ID',
    says: 'must be 1 to 64 letters, digits or hyphens',
    good: ['aa2d97d7e62c4b7da3ffdfc11551f878'],
    bad: ['a/b', 'a'.repeat(65)],
  },
  {
    name: 'HW_REGION_NAME',
    says: 'must be lower-case letters, digits, dots and hyphens',
    good: ['cn-north-4', 'a'],
    bad: ['cn north', 'CN', 'a/b', 'x@y', '-a', 'a-'],
  },
  {
    name: 'HW_CLOUD',
    says: 'must be lower-case letters, digits, dots and hyphens',
    good: ['myhuaweicloud.com'],
    bad: ['example.com/x', '{region}', 'x@y'],
  },
])('$name takes $good and not $bad', ({ name, says, good, bad }) => {
  for (const value of good) expect(faultsWith({ [name]: value }), value).toEqual([]);
  for (const value of bad) expect(faultsWith({ [name]: value }), value).toEqual([`${name} ${says}`]);
});
