import { describe, expect, test } from 'vitest';
import { say, toShown } from '../../../lib/core/words.ts';

describe('a sentence', () => {
  test('keeps foreign texts apart from its own', () => {
    expect(say`Task ${'a<b'} of ${3} is ${['running']}`).toEqual([
      'Task ',
      { value: 'a<b' },
      ' of ',
      '3',
      ' is ',
      'running',
    ]);
  });

  test('shows a long text by both of its ends', () => {
    const shown = toShown(`/start/${'x'.repeat(1_000)}/end`);

    expect(shown.length).toBe(400);
    expect(shown).toMatch(/^\/start\/x+…x+\/end$/);
  });
});
