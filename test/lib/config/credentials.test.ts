import { expect, test } from 'vitest';
import { readCredentials } from '../../../lib/config/credentials.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const user = { HW_DOMAIN_NAME: 'example', HW_USER_NAME: 'du', HW_USER_PASSWORD: 'secret' };
const key = { HW_DOMAIN_NAME: 'example', HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' };
const contradiction =
  'HW_USER_NAME and HW_USER_PASSWORD contradict HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN: set one group only';

const read = (variables: Variables, hasAgency = false) =>
  settingsIn(readCredentials(lookupIn(variables), hasAgency)).credentials;

test('are a password', () => {
  expect(read(user)).toEqual({ type: 'password', domainName: 'example', userName: 'du', password: 'secret' });
});

test('are an access key, beside which the domain may stay', () => {
  expect(read(key)).toEqual({ type: 'key', accessKey: 'AK', secretKey: 'SK', securityToken: undefined });
});

test('are a temporary access key', () => {
  expect(read({ ...key, HW_SECURITY_TOKEN: 't' })).toMatchObject({ type: 'key', securityToken: 't' });
});

test('are the agency only where there is one and nothing else is set', () => {
  expect(read({ HW_DOMAIN_NAME: 'example' }, true)).toEqual({ type: 'agency' });
  expect(read(user, true).type).toBe('password');
  expect(read(key, true).type).toBe('key');
});

test.each([{ HW_USER_NAME: ' ' }, { HW_DOMAIN_NAME: 'example' }])(
  'are asked for in both kinds where neither is set (%j) and there is no agency',
  (variables) => {
    const faults = faultsIn(readCredentials(lookupIn(variables), false));

    expect(faults).toEqual([
      'HW_ACCESS_KEY and HW_SECRET_KEY are missing, and so are HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD: set one group',
    ]);
  },
);

test('are asked for in full as a password where a part of one is set', () => {
  const faults = faultsIn(readCredentials(lookupIn({ HW_USER_PASSWORD: 'secret' }), false));

  expect(faults).toEqual(['HW_DOMAIN_NAME is missing', 'HW_USER_NAME is missing']);
});

test.each([
  { variables: { ...user, ...key }, faults: [contradiction] },
  { variables: { HW_USER_NAME: 'du', HW_SECURITY_TOKEN: 't' }, faults: [contradiction] },
  { variables: { HW_USER_PASSWORD: 'secret', HW_ACCESS_KEY: 'AK' }, faults: [contradiction] },
  { variables: { HW_USER_PASSWORD: 'secret', HW_SECRET_KEY: 'SK' }, faults: [contradiction] },
  { variables: { ...key, HW_SECRET_KEY: '' }, faults: ['HW_SECRET_KEY is missing'] },
  { variables: { ...key, HW_ACCESS_KEY: '' }, faults: ['HW_ACCESS_KEY is missing'] },
  { variables: { HW_SECURITY_TOKEN: 't' }, faults: ['HW_ACCESS_KEY is missing', 'HW_SECRET_KEY is missing'] },
  { variables: { ...user, HW_USER_PASSWORD: '' }, faults: ['HW_USER_PASSWORD is missing'] },
  { variables: { ...user, HW_USER_NAME: '' }, faults: ['HW_USER_NAME is missing'] },
  { variables: { ...user, HW_DOMAIN_NAME: '' }, faults: ['HW_DOMAIN_NAME is missing'] },
])('that are half or double are a fault: $faults', ({ variables, faults }) => {
  for (const hasAgency of [true, false]) {
    expect(readCredentials(lookupIn(variables), hasAgency)).toEqual({ faults });
  }
});
