import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeAction, parseAction } from '../../../lib/chat/action.ts';
import { COMMANDS, parseCommand } from '../../../lib/chat/command.ts';
import { nearest } from '../../../lib/chat/nearest.ts';

describe('a command', () => {
  test.each([
    ['', { type: 'help' }],
    ['help', { type: 'help' }],
    ['help me please', { type: 'help' }],
    ['LIST prod', { type: 'list', share: 'prod' }],
    ['  list\tprod  ', { type: 'list', share: 'prod' }],
    ['list\u00A0prod', { type: 'list', share: 'prod' }],
    ['\u200Blist prod\u200B', { type: 'list', share: 'prod' }],
    ['status prod 2b31', { type: 'status', share: 'prod', task: '2b31' }],
    ['cancel prod 2B31-ed', { type: 'cancel', share: 'prod', task: '2B31-ed' }],
    ['preview', { type: 'preview' }],
    ['list', { type: 'usage', command: 'list' }],
    ['list a b', { type: 'usage', command: 'list' }],
    ['cancel prod', { type: 'usage', command: 'cancel' }],
    ['preview now', { type: 'usage', command: 'preview' }],
    ['cancel prod 2b3', { type: 'bad_task', command: 'cancel', share: 'prod' }],
    [`cancel prod ${'a'.repeat(65)}`, { type: 'bad_task', command: 'cancel', share: 'prod' }],
    ['cancel prod ../../x', { type: 'bad_task', command: 'cancel', share: 'prod' }],
    ['cancle prod 2b31', { type: 'unknown', word: 'cancle', suggestion: 'cancel' }],
    ['remove', { type: 'unknown', word: 'remove', suggestion: undefined }],
    ['取消', { type: 'unknown', word: '取消', suggestion: undefined }],
  ])('%j is read as %j', (text, command) => {
    expect(parseCommand(text)).toEqual(command);
  });

  test('of any text is one of the known ones, and its words are those that were typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const command = parseCommand(text);

        if (command.type === 'unknown') expect(command.word.length).toBeGreaterThan(0);
        if ('task' in command) expect(command.task).toMatch(/^[A-Za-z0-9-]{4,64}$/);
      }),
    );
  });
});

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

describe('an action', () => {
  const id = fc.stringMatching(/^[A-Za-z0-9-]{1,64}$/);

  test('is what it was after its way through a button', () => {
    fc.assert(
      fc.property(id, id, fc.integer({ min: 1, max: 9_999 }), (shareId, taskId, page) => {
        const texts = [`list:${shareId}:${page}`, `ask:${shareId}:${taskId}`, `status:${shareId}:${taskId}`, 'keep'];
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
