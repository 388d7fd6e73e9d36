import { describe, expect, test } from 'vitest';
import { deployChat, SHARE } from '../../support/chat-deployment.ts';
import { renderSlack, slackButtons } from '../../support/chat-platforms/slack-blocks.ts';

const TASK = '2b31ed520a1b2c3d4e5f6e6db57a1b2c';

describe('the preview', () => {
  async function deployWithSweep(variables: Readonly<Record<string, string>> = {}) {
    const deployed = await deployChat({
      variables: { SWEEP_SHARES: '*', SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false', SWEEP_RATE: '200', ...variables },
    });
    for (let number = 10; number < 22; number += 1) {
      const times = { beginTime: `2026-02-${number} 09:00:00`, endTime: `2026-02-${number} 09:10:00` };
      deployed.cloud.addTask(SHARE, { path: `/data/${number}`, status: 'SUCCESS', usedCapacityBytes: 1_024, ...times });
    }
    return deployed;
  }

  test('names what is due, and deletes nothing even where the sweep would', async () => {
    const { cloud, type } = await deployWithSweep();

    const message = await type('preview');

    const [head, title, first] = renderSlack(message).split('\n\n');
    expect([head, title, first]).toEqual([
      '# What the next sweep would delete',
      '12 tasks of 1 share are due',
      '`/data/10`\nfinished 19 days ago; found 1.0 KiB\nShare `prod`',
    ]);
    expect(renderSlack(message)).toContain('and 2 more\n\n> This was a dry run: nothing was deleted.');
    expect(cloud.deletedTaskIds).toEqual([]);
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
  });

  test('says when nothing is due', async () => {
    const { type } = await deployWithSweep({ SWEEP_MIN_AGE: '365d' });

    expect(renderSlack(await type('preview'))).toContain('Nothing is due in 1 share.');
  });

  test('says when a share could not be read', async () => {
    const { cloud, type } = await deployWithSweep();
    cloud.order({ operation: 'ListFsTasks', kind: { type: 'status', status: 403 } });

    const text = renderSlack(await type('preview'));

    expect(text).toContain('Nothing was found to be due.');
    expect(text).toContain('> 1 share could not be read');
  });

  test('has time for a service that is slow', async () => {
    const { cloud, type } = await deployChat({ realTime: true, variables: { SWEEP_SHARES: SHARE } });
    cloud.addTask(SHARE, { path: '/old', status: 'FAIL', beginTime: '2024-01-01 00:00:00' });
    cloud.latency('sfs-turbo', 750);

    const text = renderSlack(await type('preview'));

    expect(text).toContain('1 task of 1 share is due');
    expect(text).not.toContain('no time');
  });

  test('says in plain words that no sweep is set up', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('preview'))).toContain('No sweep is set up here');
  });
});

describe('lists', () => {
  test('of more than ten tasks are paged, newest first', async () => {
    const { cloud, type, press } = await deployChat();
    for (let number = 1; number <= 25; number += 1) {
      const second = String(number).padStart(2, '0');
      cloud.addTask(SHARE, { path: `/${number}`, status: 'SUCCESS', beginTime: `2026-03-01 10:00:${second}` });
    }
    const pathsOf = (message: Readonly<Record<string, unknown>>) =>
      [...renderSlack(message).matchAll(/^`\/(\d+)`$/gm)].map(([, number]) => Number(number));

    const first = await type('list prod');
    const second = await press(first, 'Older');
    const third = await press(second, 'Older');
    const back = await press(third, 'Newer');

    expect(pathsOf(first)).toEqual([25, 24, 23, 22, 21, 20, 19, 18, 17, 16]);
    expect(pathsOf(second)).toEqual([15, 14, 13, 12, 11, 10, 9, 8, 7, 6]);
    expect(pathsOf(third)).toEqual([5, 4, 3, 2, 1]);
    expect(pathsOf(back)).toEqual(pathsOf(second));
    expect(second).toMatchObject({ replace_original: true });
    expect(renderSlack(first)).toContain('> Page 1 of 3');
  });

  test('that are cut by time say so', async () => {
    const { cloud, type } = await deployChat({ realTime: true });
    for (let number = 0; number < 150; number += 1) cloud.addTask(SHARE, { status: 'SUCCESS' });
    cloud.order({ operation: 'ListFsTasks', skip: 2, kind: { type: 'silence' }, times: Number.POSITIVE_INFINITY });

    const [list, status] = await Promise.all([type('list prod'), type('status prod ffff')]);

    expect(renderSlack(list)).toContain('100 tasks of `prod`');
    expect(renderSlack(list)).toContain('There was no time to read the whole list');
    // what was not read may be the task that is meant
    expect(renderSlack(status)).toContain('SFS Turbo did not answer in time.');
  });

  test('of a share of another type say so', async () => {
    const old = '44444444-4b63-4895-8dbc-d9e21b79d34a';
    const { cloud, type } = await deployChat({ variables: { ALLOWED_SHARES: `${SHARE},${old}` } });
    cloud.addShare({ id: old, supportsTasks: false });

    for (const command of ['list', 'cancel-all']) {
      expect(renderSlack(await type(`${command} ${old}`))).toContain('is of a type that has no directory-usage tasks');
    }
  });

  test('that are empty say so', async () => {
    const { type } = await deployChat();

    expect(renderSlack(await type('list PROD'))).toContain('`prod` has no directory-usage tasks.');
  });

  test('show tasks with odd fields as far as they can be shown', async () => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, {
      raw: { task_id: '../../etc', status: 'ODD', begin_time: 'never', end_time: null, dir_usage: 7 },
    });

    const message = await type('list prod');

    expect(renderSlack(message)).toContain('(no path)\nin an unknown state; age unknown');
    expect(slackButtons(message)).toEqual([]);
  });
});

describe('words that do not fit', () => {
  test.each([
    ['lsit prod', 'There is no command `lsit`. Did you mean `/du list <share>`?'],
    ['delete prod', 'There is no command `delete`. Try `/du help`.'],
    ['list', 'Use it like this: `/du list <share>`'],
    ['list prod now', 'Use it like this: `/du list <share>`'],
    ['cancel prod', 'Use it like this: `/du cancel <share> <task>`'],
    ['cancel-all', 'Use it like this: `/du cancel-all <share>`'],
    ['cancel-al prod', 'There is no command `cancel-al`. Did you mean `/du cancel-all <share>`?'],
    ['cancel-all prdo', '`prdo` is no share that this function may touch. Did you mean `prod`?'],
    ['sweep prod now', 'Use it like this: `/du sweep [<share>]`'],
    ['sweap', 'There is no command `sweap`. Did you mean `/du sweep [<share>]`?'],
    ['preview now', 'Use it like this: `/du preview`'],
    ['list prdo', '`prdo` is no share that this function may touch. Did you mean `prod`?'],
    ['cancel prod 2b3', 'at least the first 4 characters'],
    ['status prod ../..', 'at least the first 4 characters'],
    ['status prod ffff', 'No task of `prod` has an id that begins with `ffff`. `/du list prod` shows them all.'],
    [`status prod ${'f'.repeat(32)}`, 'No task of `prod` has an id that begins with'],
    ['cancel prod 2b31', 'The ids of 2 tasks begin with `2b31`.'],
  ])('/du %s is answered by %j', async (text, answer) => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, { id: '2b31aaaa' });
    cloud.addTask(SHARE, { id: '2b31bbbb' });

    expect(renderSlack(await type(text))).toContain(answer);
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test('an id that is the beginning of another is taken for itself', async () => {
    const { cloud, type } = await deployChat();
    cloud.addTask(SHARE, { id: '2b31', path: '/this' });
    cloud.addTask(SHARE, { id: '2b31aaaa', path: '/other' });

    expect(renderSlack(await type('status prod 2b31'))).toContain('`/this`');
  });
});

describe('failures of SFS Turbo', () => {
  test.each([
    [{ type: 'status', status: 500 }, 'SFS Turbo refused the request.', 'SFS.TURBO.0005'],
    [
      { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0130', errMsg: 'a <b> & c' } },
      'It says: `a <b> & c`',
      'SFS.TURBO.0130',
    ],
    [{ type: 'status', status: 503 }, 'has too much to do', 'FN.UPSTREAM_UNAVAILABLE'],
    [{ type: 'throttle' }, 'has too much to do', 'APIGW.0308'],
    [{ type: 'garbage', bytes: 'hello' }, 'makes no sense', 'FN.UPSTREAM_INVALID'],
    [{ type: 'status', status: 401 }, "refused this function's own credentials", 'FN.IAM_REJECTED'],
  ] as const)('%j are told in words, with the code', async (kind, words, code) => {
    const { cloud, type } = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.order({ operation: 'ListFsTasks', kind, times: Number.POSITIVE_INFINITY });

    const text = renderSlack(await type('list prod'));

    expect(text).toContain('# That did not work');
    expect(text).toContain(words);
    expect(text).toContain(`Code \`${code}\``);
    expect(text).toContain('To try again: `/du list prod`');
    expect(text).toContain('> Request `request-1`');
  });

  test('of a DELETE that was refused say that the task was not cancelled', async () => {
    const { cloud, type, press } = await deployChat({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.addTask(SHARE, { id: TASK });
    cloud.order({
      operation: 'DeleteFsTask',
      kind: { type: 'status', status: 409, body: { errCode: 'SFS.TURBO.0011', errMsg: 'busy' } },
    });

    const answer = await press(await type(`cancel prod ${TASK}`), 'Stop and delete it');

    expect(renderSlack(answer)).toContain('The task was not cancelled.');
    expect(renderSlack(answer)).toContain(`To try again: \`/du cancel prod ${TASK}\``);
  });
});

test('a command whose connection failed leaves host and cause, and tells the person neither', async () => {
  const { logged, type } = await deployChat({
    variables: { SFS_TURBO_ENDPOINT: 'http://127.0.0.1:9', MAX_ATTEMPTS: '1' },
  });

  const text = renderSlack(await type('list prod'));

  expect(logged('chat.command')).toEqual([
    expect.objectContaining({
      outcome: 'failed',
      reason: 'SFS Turbo cannot be reached (127.0.0.1:9: unreachable, ECONNREFUSED)',
    }),
  ]);
  expect(text).not.toContain('127.0.0.1');
});
