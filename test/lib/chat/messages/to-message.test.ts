import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toFeishuCard } from '../../../../lib/chat/feishu/messages.ts';
import { toMessage } from '../../../../lib/chat/messages/to-message.ts';
import { toSlackMessage } from '../../../../lib/chat/slack/messages.ts';
import type { FailedTask, NamedTask, ShownTask } from '../../../../lib/chat/task-view.ts';
import { TEXTS_BY_LANGUAGE } from '../../../../lib/chat/texts/languages.ts';
import type { View } from '../../../../lib/chat/view.ts';
import { ANSWER_BY_CODE, type ErrorCode } from '../../../../lib/core/status.ts';
import { parseShareId } from '../../../../lib/core/task.ts';
import { toPlainText } from '../../../../lib/core/words.ts';
import { faultOfCard, renderCard } from '../../../support/chat-platforms/feishu-cards.ts';
import { faultOfSlackMessage, renderSlack } from '../../../support/chat-platforms/slack-blocks.ts';
import { toTaskId } from '../../../support/ids.ts';

const LONG = 'a'.repeat(64);
const share = { shareId: parseShareId(LONG), label: LONG };
const taskId = toTaskId(LONG);

/** Every view there is, with this text wherever a foreign one may stand. */
function viewsWith(text: string, task: ShownTask): Readonly<Record<View['type'], readonly View[]>> {
  const tasks = Array.from({ length: 10 }, () => task);
  const person = { platform: 'slack', tenant: LONG, channel: LONG, user: LONG } as const;
  const list = {
    type: 'list',
    share,
    tasks,
    total: 25,
    page: 2,
    pages: 3,
    complete: false,
    isFull: true,
    canCancel: true,
  } as const;
  const failed = { type: 'failed', errCode: 'SFS.TURBO.0005', errMsg: text, requestId: LONG, why: LONG } as const;
  const attempts = [
    { type: 'list', share },
    { type: 'status', share, task: text },
    { type: 'question', share, task: text },
    { type: 'cancel', share, task: text },
    { type: 'many_question', share },
    { type: 'many', share },
    { type: 'preview' },
    { type: 'sweep_question', scope: share },
    { type: 'sweep', scope: undefined },
    { type: 'other' },
  ] as const;
  const codes = Object.keys(ANSWER_BY_CODE) as ErrorCode[];
  const preview = {
    type: 'preview',
    scope: share,
    due: tasks.map((each) => ({ share, task: each })),
    dueCount: 12,
    waitingCount: 900,
    shareCount: 3,
    failedShareCount: 2,
    truncated: true,
    fullShares: tasks.map(() => share),
    dryTargets: ['north', 'east'],
    offer: { type: 'run', token: 'a'.repeat(1_900) },
  } as const;
  const nothingDue = {
    ...preview,
    scope: undefined,
    due: [],
    dueCount: 0,
    waitingCount: 0,
    fullShares: [],
    dryTargets: [],
  } as const;
  const named: NamedTask = { share, taskId, path: text };
  const reasons = ['not_deleted', 'may_be_deleted', 'not_checked'] as const;
  const failedTasks = (count: number): FailedTask[] =>
    Array.from({ length: count }, (_, index) => ({
      ...named,
      errCode: LONG,
      why: reasons[index % 3] ?? 'not_deleted',
    }));
  const namedTasks = (count: number) => Array.from({ length: count }, () => named);
  const manyDone = { type: 'many_done', share, cancelled: [], gone: [], failed: [], ended: [], unreached: [] } as const;
  const swept = {
    type: 'swept',
    scope: undefined,
    deleted: [],
    gone: [],
    failed: [],
    remaining: 1_000,
    truncated: true,
    failedShareCount: 1,
  } as const;
  return {
    help: [
      { type: 'help', aliases: [], canCancel: false },
      { type: 'help', aliases: Array.from({ length: 100 }, () => text), canCancel: true },
      { type: 'help', aliases: [], byTarget: [{ target: 'prod', aliases: [] }], canCancel: true },
      {
        type: 'help',
        aliases: [],
        byTarget: Array.from({ length: 100 }, () => ({
          target: 'prod',
          aliases: Array.from({ length: 100 }, () => text),
        })),
        canCancel: true,
      },
    ],
    refused: [
      { type: 'refused', person },
      { type: 'refused', person: { ...person, platform: 'feishu' } },
    ],
    unreadable: [{ type: 'unreadable' }],
    late: [{ type: 'late' }],
    unknown_command: [
      { type: 'unknown_command', word: text, suggestion: undefined },
      { type: 'unknown_command', word: text, suggestion: 'cancel' },
    ],
    usage: [{ type: 'usage', command: 'cancel' }],
    unknown_share: [
      { type: 'unknown_share', word: text, suggestion: undefined },
      { type: 'unknown_share', word: text, suggestion: text },
    ],
    several_shares: [
      { type: 'several_shares', word: text, shares: [share, share] },
      { type: 'several_shares', word: text, shares: Array.from({ length: 100 }, () => share) },
    ],
    unsupported_share: [{ type: 'unsupported_share', share }],
    bad_task: [{ type: 'bad_task' }],
    no_task: [{ type: 'no_task', share, word: text }],
    ambiguous: [{ type: 'ambiguous', share, word: text, count: 2 }],
    list: [list, { ...list, tasks: [], total: 0, page: 1, pages: 1, complete: true }, { ...list, canCancel: false }],
    task: [{ type: 'task', share, task, canCancel: true }],
    question: [{ type: 'question', share, task, token: 'a'.repeat(1_900) }],
    cancelled: [
      { type: 'cancelled', share, taskId, path: text, wasRunning: true },
      { type: 'cancelled', share, taskId, path: text, wasRunning: false },
    ],
    gone: [
      { type: 'gone', share, taskId, errCode: undefined },
      { type: 'gone', share, taskId, errCode: 'SFS.TURBO.0124' },
    ],
    unknown_outcome: [{ type: 'unknown_outcome', share, taskId, errCode: 'FN.UPSTREAM_TIMEOUT' }],
    kept: [{ type: 'kept' }],
    expired: [
      { type: 'expired', command: 'cancel', share, taskId },
      { type: 'expired', command: 'cancel-all', share, taskId: undefined },
      { type: 'expired', command: 'sweep', share: undefined, taskId: undefined },
    ],
    foreign: [{ type: 'foreign' }],
    not_set_up: [
      { type: 'not_set_up', what: 'cancel' },
      { type: 'not_set_up', what: 'preview' },
    ],
    none_running: [
      { type: 'none_running', share, doubtful: 0 },
      { type: 'none_running', share, doubtful: 3 },
    ],
    many_question: [
      { type: 'many_question', share, tasks, others: 990, doubtful: 1, isFull: true, token: 'a'.repeat(1_900) },
      { type: 'many_question', share, tasks: [task], others: 0, doubtful: 0, isFull: false, token: 'a' },
    ],
    many_done: [
      { ...manyDone, cancelled: namedTasks(10) },
      { ...manyDone, gone: Array.from({ length: 10 }, () => LONG), ended: [LONG] },
      { ...manyDone, failed: failedTasks(10) },
      { ...manyDone, cancelled: namedTasks(4), failed: failedTasks(3), unreached: namedTasks(3) },
    ],
    not_swept: [{ type: 'not_swept', share }],
    preview: [
      preview,
      { ...preview, offer: { type: 'dry' } },
      { ...preview, offer: { type: 'no_secret' } },
      { ...nothingDue, offer: { type: 'none' }, failedShareCount: 0, truncated: false },
      { ...nothingDue, offer: { type: 'none' }, shareCount: 2, truncated: false },
    ],
    swept: [
      swept,
      { ...swept, scope: share, deleted: namedTasks(50) },
      { ...swept, failed: failedTasks(50) },
      { ...swept, gone: Array.from({ length: 50 }, () => LONG), remaining: 0, truncated: false, failedShareCount: 0 },
      { ...swept, deleted: namedTasks(30), gone: [LONG], failed: failedTasks(19) },
    ],
    failed: [
      ...codes.map((code): View => ({ ...failed, code, attempted: { type: 'list', share } })),
      ...attempts.map((attempted): View => ({ ...failed, code: 'upstream_error', attempted })),
    ],
  };
}

function taskWith(text: string): ShownTask {
  return {
    taskId,
    path: text,
    status: 'FAIL',
    ageMs: 1e12,
    beganAtMs: 0,
    endedAtMs: 1e12,
    sizeBytes: Number.MAX_SAFE_INTEGER,
    message: text,
  };
}

describe.each(['en', 'zh'] as const)('in %s', (language) => {
  const texts = TEXTS_BY_LANGUAGE[language];
  const messagesWith = (text: string) =>
    Object.values(viewsWith(text, taskWith(text)))
      .flat()
      .map((view) => toMessage(view, texts));

  test.each([
    ['long paths', `/${'d'.repeat(4_095)}`],
    ['what Slack escapes', '&<>'.repeat(200)],
    ['characters of four bytes', '📁'.repeat(2_000)],
    ['backticks', '`'.repeat(500)],
    ['nothing', ''],
    ['only invisible characters', '\u200B\u202E'.repeat(50)],
  ])('every message holds %s within the limits of both platforms', (_, text) => {
    for (const message of messagesWith(text)) {
      const slack = { ...toSlackMessage(message, true) };
      const card = { ...toFeishuCard(message) };

      expect(faultOfSlackMessage(slack), renderSlack(slack)).toBeUndefined();
      expect(faultOfCard(card), renderCard(card)).toBeUndefined();
    }
  });

  test('no message lets a foreign text out of its place', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (noise) => {
        const text = `${noise}<!channel>\`<@U1>\`${noise}`;
        for (const message of messagesWith(text)) {
          expect(JSON.stringify(toSlackMessage(message, false))).not.toMatch(/<[!@#]|[\u202A-\u202E\u2066-\u2069]/);
          expect(JSON.stringify(toFeishuCard(message))).not.toMatch(/[\u202A-\u202E\u2066-\u2069]/);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('a backtick does not end the code that a foreign text is shown as', () => {
    const message = toMessage({ type: 'no_task', share, word: 'a`*b*`<c>`' }, texts);

    expect(renderSlack({ ...toSlackMessage(message, false) })).toContain("`a'*b*'<c>'`");
  });

  test('no title or sentence is empty, and none is the name of a text', () => {
    for (const message of messagesWith('x')) {
      expect(message.title).not.toBe('');
      for (const item of message.items) {
        if (item.type !== 'buttons') for (const line of item.lines) expect(toPlainText(line).trim()).not.toBe('');
      }
    }
  });
});

test('the languages differ in every message', () => {
  const views = Object.values(viewsWith('x', taskWith('x'))).flat();
  const inWords = (language: 'en' | 'zh') =>
    views.map((view) => renderCard({ ...toFeishuCard(toMessage(view, TEXTS_BY_LANGUAGE[language])) }));

  const [english, chinese] = [inWords('en'), inWords('zh')];

  for (const [index, text] of english.entries()) expect(text).not.toBe(chinese[index]);
  for (const text of english) expect(text).not.toMatch(/\p{Script=Han}/u);
  for (const text of chinese) expect(text).toMatch(/\p{Script=Han}/u);
});
