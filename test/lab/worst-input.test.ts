import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parseJson, toPrintable } from '../../lib/core/json.ts';
import { parseErrorBody } from '../../lib/net/error-body.ts';
import { lambdaContext } from '../support/contexts.ts';
import { deploy } from '../support/deployment.ts';

/** 9 KB, 4,500 deep. */
const NESTED = `${'['.repeat(4_500)}${']'.repeat(4_500)}`;
const DEEP_OBJECT = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;

async function serve(answer: (request: IncomingMessage, response: ServerResponse) => void): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
}

function answerWith(statuses: number[]) {
  let requests = 0;
  return {
    requests: () => requests,
    answer: (_request: IncomingMessage, response: ServerResponse) => {
      const status = statuses[Math.min(requests, statuses.length - 1)] ?? 500;
      requests += 1;
      response.writeHead(status, { 'content-type': 'application/json' }).end(status === 202 ? '' : NESTED);
    },
  };
}

describe('a body that is nested 4,500 deep', () => {
  test.each([
    [403, 502, 'FN.UPSTREAM_INVALID'],
    [404, 502, 'FN.UPSTREAM_INVALID'],
    [500, 502, 'FN.UPSTREAM_INVALID'],
  ])('in a %i of SFS Turbo counts as unread: %i %s', async (upstream, status, errCode) => {
    const { answer } = answerWith([upstream]);
    const { cancel, shareId } = await deploy({
      variables: { SFS_TURBO_ENDPOINT: await serve(answer), MAX_ATTEMPTS: '1' },
    });

    const given = await cancel({ share_id: shareId, task_id: 'any' });

    expect([given.statusCode, JSON.parse(given.body).errCode]).toEqual([status, errCode]);
  });

  test('in the 401 of a dead token has the token renewed', async () => {
    const { answer, requests } = answerWith([401, 202]);
    const { cancel, cloud, shareId } = await deploy({ variables: { SFS_TURBO_ENDPOINT: await serve(answer) } });

    const given = await cancel({ share_id: shareId, task_id: 'any' });

    expect(given.statusCode).toBe(202);
    expect([requests(), cloud.requestsOf('CreateToken').length]).toEqual([2, 2]);
  });

  test('in a refusal of IAM leaves the refusal remembered', async () => {
    const { answer, requests } = answerWith([401]);
    const { cancel, shareId } = await deploy({ variables: { HW_AUTH_URL: `${await serve(answer)}/v3` } });

    for (let n = 0; n < 8; n += 1) await cancel({ share_id: shareId, task_id: 'any' });

    expect(requests()).toBe(1);
  });

  test('in a request is a 400, not a bug', async () => {
    const { cancel } = await deploy();

    const statuses = [(await cancel(NESTED)).statusCode, (await cancel(DEEP_OBJECT)).statusCode];

    expect(statuses).toEqual([400, 400]);
  });
});

describe('the worst text of 64 KiB', () => {
  test.each([
    ['brackets', '['.repeat(65_536)],
    ['open objects', '{"a":'.repeat(13_000)],
    ['one long text', `"${'\\\\'.repeat(32_000)}"`],
    ['an open text', `"${'['.repeat(65_000)}`],
  ])('of %s is read without a throw', (_, text) => {
    expect(() => [parseJson(text), parseErrorBody(text), toPrintable(text)]).not.toThrow();
  });

  test('may hold any number of brackets inside its texts', () => {
    const text = '['.repeat(60_000);

    expect(parseJson(JSON.stringify({ text: `${text}"\\` }))).toEqual({ text: `${text}"\\` });
  });

  test.each([64, 65])('nested %i deep is read up to 64', (depth) => {
    const value = parseJson(`${'['.repeat(depth)}${']'.repeat(depth)}`);

    expect(value === undefined).toBe(depth > 64);
  });
});

test('100 Continue before the answer is skipped, and the DELETE goes out once', async () => {
  let deletes = 0;
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', () => {
      deletes += 1;
      socket.write('HTTP/1.1 100 Continue\r\n\r\n');
      setTimeout(() => socket.write('HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n'), 10);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const { cancel, shareId } = await deploy({ variables: { SFS_TURBO_ENDPOINT: `http://127.0.0.1:${port}` } });

  const given = await cancel({ share_id: shareId, task_id: 'any' });

  expect([given.statusCode, JSON.parse(given.body).outcome, deletes]).toEqual([202, 'accepted', 1]);
});

describe('a time beyond every timer', () => {
  test.each([2 ** 31, 2 ** 40])('as the remaining time of %i ms is one like any other', async (remainingMs) => {
    const { cancel, cloud, shareId } = await deploy();

    const given = await cancel(
      { share_id: shareId, task_id: cloud.addTask(shareId) },
      lambdaContext(remainingMs + 10_000),
    );

    expect(given.statusCode).toBe(202);
  });

  test('as a Retry-After of years is passed on as an hour', async () => {
    const { cancel, cloud, shareId } = await deploy();
    cloud.order({ operation: 'DeleteFsTask', times: 9, kind: { type: 'throttle', retryAfter: '999999999' } });

    const given = await cancel({ share_id: shareId, task_id: 'any' });

    expect([given.statusCode, given.headers['retry-after']]).toEqual([503, '3600']);
  });
});
