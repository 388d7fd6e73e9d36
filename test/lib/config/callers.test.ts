import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCallers } from '../../../lib/config/callers.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const read = (variables: Variables) => settingsIn(readCallers(lookupIn(variables)));
const faultsWith = (variables: Variables) => faultsIn(readCallers(lookupIn(variables)));

test('there are none by default', () => {
  expect(read({})).toEqual({ callerKeys: [], webhookSecrets: [] });
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
    `ci:ops:${'0'.repeat(64)}`,
    'ci,ops',
    `ci:${'0'.repeat(64)},ops`,
  ])('cannot be %s, which is one fault', (value) => {
    expect(faultsWith({ CALLER_KEYS: value })).toEqual([
      'CALLER_KEYS must be name:sha256 pairs, comma-separated, the SHA-256 as 64 hex digits',
    ]);
  });
});

describe('webhook secrets', () => {
  const secret = (bytes: number) => `whsec_${randomBytes(bytes).toString('base64')}`;

  test.each([24, 32, 64])('may have %i bytes, and there may be several', (bytes) => {
    const { webhookSecrets } = read({ WEBHOOK_SECRETS: `${secret(bytes)}  ${secret(bytes)}` });

    expect(webhookSecrets.map(({ length }) => length)).toEqual([bytes, bytes]);
  });

  test('are the bytes that the base64 stands for', () => {
    const bytes = randomBytes(32);

    expect(read({ WEBHOOK_SECRETS: `whsec_${bytes.toString('base64')}` }).webhookSecrets).toEqual([bytes]);
  });

  test.each([
    { name: 'of 23 bytes', value: secret(23) },
    { name: 'of 65 bytes', value: secret(65) },
    { name: 'of no bytes', value: 'whsec_' },
    { name: 'without its prefix', value: secret(32).slice(6) },
    { name: 'in no base64', value: 'whsec_not base64!' },
    { name: 'with a comma before the next', value: `${secret(32)},${secret(32)}` },
    { name: 'after a good one', value: `${secret(32)} whsec_` },
  ])('cannot hold one $name', ({ value }) => {
    expect(faultsWith({ WEBHOOK_SECRETS: value })).toEqual([
      'WEBHOOK_SECRETS must be secrets of 24 to 64 bytes, each whsec_ and base64, space-separated',
    ]);
  });
});
