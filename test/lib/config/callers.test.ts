import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCallers } from '../../../lib/config/callers.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const read = (variables: Variables) => settingsIn(readCallers(lookupIn(variables)));
const faultsWith = (variables: Variables) => faultsIn(readCallers(lookupIn(variables)));

test('there are none by default', () => {
  expect(read({})).toEqual({ callerKeys: [], webhookSecrets: [], shareAliases: new Map() });
});

describe('caller keys', () => {
  test('are names with digests', () => {
    const sha256 = createHash('sha256').update('key').digest();

    const { callerKeys } = read({
      CALLER_KEYS: ` ci:${sha256.toString('hex')} , ops:${sha256.toString('hex').toUpperCase()},`,
    });

    expect(callerKeys).toEqual([
      { name: 'ci', sha256, rights: new Set(['cancel']), shares: '*' },
      { name: 'ops', sha256, rights: new Set(['cancel']), shares: '*' },
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
    `ci:${'0'.repeat(64)}:`,
    `ci:${'0'.repeat(64)}:delete`,
    `ci:${'0'.repeat(64)}:read+`,
    `ci:${'0'.repeat(64)}:read+all`,
    `ci:${'0'.repeat(64)}:Read`,
    `ci:${'0'.repeat(64)}@share-1`,
    `ci:${'0'.repeat(64)}:read@`,
    `ci:${'0'.repeat(64)}:read@share_1/x`,
  ])('cannot be %s, which is one fault', (value) => {
    expect(faultsWith({ CALLER_KEYS: value })).toEqual([
      'CALLER_KEYS must be name:sha256 or name:sha256:rights@shares entries, comma-separated: the SHA-256 as 64 hex digits, ' +
        'rights of read, cancel, cancel-many, sweep joined by +, shares by id or alias joined by |',
    ]);
  });
});

describe('the rights and shares of a key', () => {
  const digits = '0'.repeat(64);

  test('are those that it names, the shares by id or alias', () => {
    const { callerKeys } = read({
      CALLER_KEYS: `a:${digits}:read,b:${digits}:read+cancel-many@builds|share-2`,
      SHARE_ALIASES: 'Builds=share-1',
    });

    expect(callerKeys).toMatchObject([
      { name: 'a', rights: new Set(['read']), shares: '*' },
      { name: 'b', rights: new Set(['read', 'cancel-many']), shares: new Set(['share-1', 'share-2']) },
    ]);
  });

  test.each(['builds|', '|share-1', 'build.s'])('a share %s that nobody knows is a fault', (shares) => {
    expect(faultsWith({ CALLER_KEYS: `a:${digits}:read@${shares}` })).toEqual([
      'CALLER_KEYS must name shares by id or by an alias of SHARE_ALIASES',
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
