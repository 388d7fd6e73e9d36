import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseCommand } from '../../../lib/chat/command.ts';

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
    ['cancel-all prod', { type: 'cancel-all', share: 'prod' }],
    ['Cancel-All PROD', { type: 'cancel-all', share: 'PROD' }],
    ['cancel-all', { type: 'usage', command: 'cancel-all' }],
    ['cancel-all prod 2b31', { type: 'usage', command: 'cancel-all' }],
    ['cancelall prod', { type: 'unknown', word: 'cancelall', suggestion: 'cancel-all' }],
    ['preview', { type: 'preview' }],
    ['sweep', { type: 'sweep', share: undefined }],
    ['sweep prod', { type: 'sweep', share: 'prod' }],
    ['sweep prod now', { type: 'usage', command: 'sweep' }],
    ['sweeep', { type: 'unknown', word: 'sweeep', suggestion: 'sweep' }],
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
