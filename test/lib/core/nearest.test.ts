import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { COMMANDS } from '../../../lib/chat/command.ts';
import { nearest } from '../../../lib/core/nearest.ts';

describe('the nearest word', () => {
  test.each([
    ['list', 'list'],
    ['lsit', 'list'],
    ['lst', 'list'],
    ['liist', 'list'],
    ['lost', 'list'],
    ['lits', 'list'],
    ['lsti', undefined],
    ['l', undefined],
    ['', undefined],
    ['canel', 'cancel'],
    ['caancell', 'cancel'],
    ['cnacle', undefined],
    ['stutas', 'status'],
    ['kitten', undefined],
  ])('of the commands to %j is %j', (word, suggestion) => {
    expect(nearest(word, COMMANDS)).toBe(suggestion);
  });

  test.each([
    ['prdo', ['prod', 'dev'], 'prod'],
    ['PROD1', ['prod', 'prod2'], 'prod'],
    ['dve', ['prod', 'dev'], 'dev'],
    ['qa', ['prod', 'dev'], undefined],
    ['anything', [], undefined],
    ['a'.repeat(10_000), ['prod'], undefined],
  ])('to %j of %j is %j', (word, known, suggestion) => {
    expect(nearest(word, known)).toBe(suggestion);
  });

  test('to a known word is the word itself', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (known) => {
        for (const word of known) expect(nearest(word, known)).toBe(word);
      }),
    );
  });
});
