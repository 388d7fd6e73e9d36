import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeAction } from '../../../lib/chat/action.ts';
import { type Asked, TASKS_PER_QUESTION } from '../../../lib/chat/asked.ts';
import { openConfirmation, signConfirmation } from '../../../lib/chat/confirmation.ts';
import type { Person } from '../../../lib/chat/person.ts';
import { parseShareId } from '../../../lib/core/task.ts';
import { toTaskId } from '../../support/ids.ts';

const SECRET = Buffer.from('a secret of more than 24 bytes');
const VALID_MS = 120_000;
const NOW_MS = 1_772_366_400_000;
const ADA: Person = { platform: 'slack', tenant: 'T1', channel: 'C1', user: 'U1' };
const CANCEL: Asked = {
  type: 'cancel',
  shareId: parseShareId('share-1'),
  taskId: toTaskId('task-1'),
  path: '/home',
  wasRunning: true,
};
const ALL_ASKED: readonly Asked[] = [
  CANCEL,
  { type: 'cancel-all', shareId: parseShareId('share-1'), taskIds: [toTaskId('task-1'), toTaskId('task-2')] },
  { type: 'cancel-all', shareId: parseShareId('share-1'), target: 'prod', taskIds: [toTaskId('task-1')] },
  { type: 'sweep', maxDeletes: 7 },
  { type: 'sweep', shareId: parseShareId('share-1'), maxDeletes: 50 },
];

const token = signConfirmation(SECRET, ADA, CANCEL, NOW_MS);

test.each(ALL_ASKED)('a confirmation says what was asked: %j', (asked) => {
  const signed = signConfirmation(SECRET, ADA, asked, NOW_MS);

  expect(openConfirmation(SECRET, ADA, signed, NOW_MS)).toEqual({ type: 'confirmed', asked });
});

test.each([
  [VALID_MS, 'confirmed'],
  [VALID_MS + 1, 'expired'],
])('after %i ms it is %s', (passedMs, type) => {
  expect(openConfirmation(SECRET, ADA, token, NOW_MS + passedMs).type).toBe(type);
});

test.each([
  { ...ADA, platform: 'feishu' as const },
  { ...ADA, tenant: 'T2' },
  { ...ADA, channel: 'C2' },
  { ...ADA, user: 'U2' },
  { ...ADA, tenant: 'T1/C1', channel: '' },
])('to %j it is foreign, in time or not', (person) => {
  expect(openConfirmation(SECRET, person, token, NOW_MS)).toEqual({ type: 'foreign' });
  expect(openConfirmation(SECRET, person, token, NOW_MS + 10 * VALID_MS)).toEqual({ type: 'foreign' });
});

describe('forged is', () => {
  test('one made with another secret', () => {
    const other = signConfirmation(Buffer.from('another secret of 24 bytes+'), ADA, CANCEL, NOW_MS);

    expect(openConfirmation(SECRET, ADA, other, NOW_MS)).toEqual({ type: 'forged' });
  });

  test('one of which any character was changed', () => {
    const alphabet = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.'];

    fc.assert(
      // the last character of the signature has two bits that mean nothing
      fc.property(fc.nat(token.length - 2), fc.constantFrom(...alphabet), (at, character) => {
        fc.pre(token[at] !== character);
        const changed = `${token.slice(0, at)}${character}${token.slice(at + 1)}`;

        expect(openConfirmation(SECRET, ADA, changed, NOW_MS)).toEqual({ type: 'forged' });
      }),
    );
  });

  test('anything else', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(openConfirmation(SECRET, ADA, text, NOW_MS)).toEqual({ type: 'forged' });
      }),
    );
  });

  test.each([
    'null',
    '{}',
    '7',
    '[]',
    'not json',
    ...[
      { ...CANCEL, shareId: '../x' },
      { ...CANCEL, more: 1 },
      { type: 'cancel-all', shareId: 's', taskIds: [] },
      { type: 'cancel-all', shareId: 's', target: 'a/b', taskIds: ['t'] },
      { type: 'cancel-all', shareId: 's', taskIds: ['../x'] },
      { type: 'cancel-all', shareId: 's', taskIds: Array.from({ length: 11 }, (_, index) => `t${index}`) },
      { type: 'sweep', maxDeletes: 0 },
      { type: 'sweep', maxDeletes: 51 },
      { type: 'sweep', maxDeletes: 1.5 },
      { type: 'sweep' },
      { type: 'drop', shareId: 's' },
    ].map((asked) => JSON.stringify(['slack', 'T1', 'C1', 'U1', 9e15, asked])),
  ])('one that is signed and holds %s', (content) => {
    const payload = Buffer.from(content).toString('base64url');
    const mac = createHmac('sha256', SECRET).update(`v2.${payload}`).digest('base64url');

    expect(openConfirmation(SECRET, ADA, `v2.${payload}.${mac}`, NOW_MS)).toEqual({ type: 'forged' });
  });
});

test('the longest one fits into a button', () => {
  const longId = 'a'.repeat(64);
  const person: Person = { platform: 'feishu', tenant: longId, channel: longId, user: longId };

  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 4_096 }), fc.boolean(), (path, wasRunning) => {
      const asked = {
        type: 'cancel',
        shareId: parseShareId(longId),
        taskId: toTaskId(longId),
        path,
        wasRunning,
      } as const;
      const longest = signConfirmation(SECRET, person, asked, NOW_MS);

      expect(encodeAction({ type: 'confirm', token: longest }).length).toBeLessThanOrEqual(2_000);
      expect(openConfirmation(SECRET, person, longest, NOW_MS).type).toBe('confirmed');
    }),
  );
});

test('the longest one that names ten tasks fits into a button', () => {
  const longId = 'a'.repeat(64);
  const person: Person = { platform: 'feishu', tenant: longId, channel: longId, user: longId };
  const taskIds = Array.from({ length: TASKS_PER_QUESTION }, (_, index) => toTaskId(`${'a'.repeat(62)}${10 + index}`));
  const asked: Asked = { type: 'cancel-all', shareId: parseShareId(longId), target: 'n'.repeat(32), taskIds };

  const longest = signConfirmation(SECRET, person, asked, NOW_MS);

  expect(encodeAction({ type: 'confirm', token: longest }).length).toBeLessThanOrEqual(2_000);
  expect(openConfirmation(SECRET, person, longest, NOW_MS)).toEqual({ type: 'confirmed', asked });
});
