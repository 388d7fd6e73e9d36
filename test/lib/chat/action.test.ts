import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeAction, parseAction } from '../../../lib/chat/action.ts';

describe('an action', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/);

  test('is what it was after its way through a button', () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 1, max: 9_999 }), (shareId, taskId, page) => {
        const texts = [`list:${shareId}:${page}`, `ask:${shareId}:${taskId}`, `status:${shareId}:${taskId}`, 'keep'];
        texts.push(`list:prod/${shareId}:${page}`, `ask:north-2/${shareId}:${taskId}`);
        const actions = texts.map((text) => parseAction(text));

        expect(actions.map((action) => action && encodeAction(action))).toEqual(texts);
      }),
    );
  });

  test.each([
    undefined,
    7,
    {},
    '',
    'delete:a:b',
    'list:a',
    'list:a:0',
    'list:a:-1',
    'list:a:1e3',
    'list:a:99999',
    'list:a:1:2',
    'list:../x:1',
    'list:/a:1',
    'list:a/:1',
    'list:A/b:1',
    'list:a/b/c:1',
    'ask:a/../b:c',
    'ask:a:',
    'ask:a:b/c',
    'ask::b',
    'keep:',
    'confirm:',
    'confirm:a:b',
    '__proto__',
  ])('is none when a button carries %j', (value) => {
    expect(parseAction(value)).toBeUndefined();
  });
});
