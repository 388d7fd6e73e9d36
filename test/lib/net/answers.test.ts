import tls from 'node:tls';
import { describe, expect, test } from 'vitest';
import { failedAnswer, noAnswer, upstreamRequestId } from '../../../lib/net/answers.ts';
import { withoutEcho } from '../../../lib/net/echo.ts';
import type { FailureKind, Reply } from '../../../lib/net/request.ts';
import { deploy } from '../../support/deployment.ts';
import { startRawServer } from '../../support/raw-server.ts';
import { createSelfSigned } from '../../support/self-signed.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function reply(status: number, body = '', headers: Reply['headers'] = {}, truncated?: Reply['truncated']): Reply {
  return { status, body, headers, truncated };
}

const ERROR = '{"errCode":"SFS.TURBO.0001","errMsg":"no"}';

describe('an attempt without an answer', () => {
  test.each<[FailureKind, string, string | undefined]>([
    ['unreachable', 'upstream_unavailable', 'transient'],
    ['reset', 'upstream_unavailable', 'transient'],
    ['timeout', 'upstream_timeout', 'transient'],
    ['untrusted', 'upstream_invalid', undefined],
    ['garbage', 'upstream_invalid', undefined],
  ])('%s is %s, with a %s retry', (kind, code, retry) => {
    const failed = noAnswer('IAM', { kind });

    expect(failed).toMatchObject({ failure: { code }, retry });
    expect(failed.failure.message).toMatch(/^IAM /);
  });

  test.each<[FailureKind, string]>([
    ['unreachable', 'IAM cannot be reached'],
    ['reset', 'IAM broke off the connection'],
    ['timeout', 'IAM did not answer in time'],
    ['untrusted', 'IAM has no valid certificate'],
    ['garbage', 'IAM did not answer in HTTP'],
  ])('%s: the caller is told that %s', (kind, message) => {
    expect(noAnswer('IAM', { kind }).failure.message).toBe(message);
  });

  test.each([
    [{ kind: 'reset' }, 'reset'],
    [{ kind: 'reset', host: 'h:9' }, 'h:9: reset'],
    [{ kind: 'unreachable', host: 'h:9', cause: { code: 'ECONNREFUSED' } }, 'h:9: unreachable, ECONNREFUSED'],
    [{ kind: 'reset', host: 'h:9', cause: { code: 7 } }, 'h:9: reset'],
    [{ kind: 'reset', host: 'h:9', cause: 'ECONNRESET' }, 'h:9: reset'],
  ] as const)('the log has %j as %s', (failure, reason) => {
    expect(noAnswer('IAM', failure).failure.reason).toBe(reason);
  });
});

describe('an answer that is a failure', () => {
  test.each([
    [400, ERROR, 'upstream_bad_request', undefined],
    [403, ERROR, 'upstream_forbidden', undefined],
    [404, ERROR, 'task_not_found', undefined],
    [409, ERROR, 'upstream_conflict', undefined],
    [429, '', 'upstream_throttled', 'throttled'],
    [500, ERROR, 'upstream_error', 'transient'],
    [500, '', 'upstream_invalid', 'transient'],
    [502, '', 'upstream_unavailable', 'transient'],
    [503, ERROR, 'upstream_unavailable', 'transient'],
    [504, '', 'upstream_timeout', 'transient'],
    [400, '', 'upstream_invalid', undefined],
    [401, ERROR, 'upstream_invalid', undefined],
    [302, ERROR, 'upstream_invalid', undefined],
    [408, '', 'upstream_invalid', 'transient'],
    [501, ERROR, 'upstream_invalid', undefined],
  ])('%i with the body %s is %s, with a %s retry', (status, body, code, retry) => {
    expect(failedAnswer('SFS Turbo', reply(status, body), NOW_MS)).toMatchObject({ failure: { code }, retry });
  });

  test.each([
    [302, ERROR, 'IAM answered with the undocumented status 302'],
    [429, '', 'IAM throttles'],
    [429, ERROR, 'no'],
    [502, ERROR, 'IAM is not available (502)'],
    [503, '', 'IAM is not available (503)'],
    [504, ERROR, 'IAM did not answer its gateway in time'],
    [400, ERROR, 'no'],
    [400, '{"errCode":"SFS.TURBO.0001"}', 'IAM gave no reason'],
    [400, '', 'IAM answered 400 without a readable error'],
    [500, '<html>', 'IAM answered 500 without a readable error'],
  ])('%i with the body %s: the caller is told %s', (status, body, message) => {
    expect(failedAnswer('IAM', reply(status, body), NOW_MS).failure.message).toBe(message);
  });

  test.each([403, 429, 503])('%i and too large: the caller is told so, whatever the status', (status) => {
    const { failure } = failedAnswer('IAM', reply(status, '', {}, 'too_large'), NOW_MS);

    expect(failure).toMatchObject({ code: 'upstream_invalid', message: 'IAM answered with more than 64 KiB' });
  });

  test.each([
    ['reset', 'upstream_unavailable', 'transient'],
    ['timeout', 'upstream_timeout', 'transient'],
    ['too_large', 'upstream_invalid', undefined],
  ] as const)('whose body is truncated by %s is %s', (truncated, code, retry) => {
    expect(failedAnswer('SFS Turbo', reply(403, '', {}, truncated), NOW_MS)).toMatchObject({
      failure: { code },
      retry,
    });
  });

  test.each([
    [undefined, undefined, 5_000],
    ['7', 7_000, 7_000],
    ['soon', undefined, 5_000],
  ])('by 429 with Retry-After %s is waited for %s ms, and told as %s ms', (header, waitMs, toldMs) => {
    const failed = failedAnswer('SFS Turbo', reply(429, ERROR, { 'retry-after': header }), NOW_MS);

    expect(failed.retryAfterMs).toBe(waitMs);
    expect(failed.failure.retryAfterMs).toBe(toldMs);
    expect(failed.failure).toMatchObject({ message: 'no', errCode: 'SFS.TURBO.0001' });
  });
});

describe('the id of an upstream request', () => {
  test.each([
    ['abc-123', 'abc-123'],
    ['x'.repeat(128), 'x'.repeat(128)],
    ['x'.repeat(129), undefined],
    ['', undefined],
    ['two words', undefined],
    ['caf\u00e9', undefined],
    [['a', 'b'], undefined],
    [undefined, undefined],
  ])('%j is told as %j', (header, id) => {
    expect(upstreamRequestId(reply(200, '', { 'x-request-id': header }))).toBe(id);
  });

  test('is kept beside what the body says', () => {
    const { failure } = failedAnswer('IAM', reply(403, ERROR, { 'x-request-id': 'r' }), NOW_MS);

    expect(failure.upstream).toEqual({ status: 403, requestId: 'r', errCode: 'SFS.TURBO.0001', errMsg: 'no' });
  });
});

describe('an echo', () => {
  const secret = `MIIa+/${'secret'.repeat(20)}`;

  test.each([
    ['as it is', JSON.stringify({ errMsg: secret })],
    ['in part', JSON.stringify({ errMsg: secret.slice(0, 32) })],
    ['with escapes', JSON.stringify({ errMsg: secret }).replaceAll('/', '\\/')],
    ['in no JSON', `<p>${secret}</p>`],
  ])('of a secret, %s, is emptied', (_, body) => {
    expect(withoutEcho(reply(400, body, { 'retry-after': '1' }), [secret])).toEqual(reply(400));
  });

  test('in a request id is emptied', () => {
    expect(withoutEcho(reply(202, '', { 'x-request-id': secret }), [secret]).headers).toEqual({});
  });

  test('in the body of a success is kept, since nothing passes it on', () => {
    const success = reply(299, JSON.stringify({ text: secret }));

    expect(withoutEcho(success, [secret])).toBe(success);
  });

  test('in the body of a redirect is emptied', () => {
    expect(withoutEcho(reply(300, JSON.stringify({ text: secret })), [secret]).body).toBe('');
  });

  test.each([[[]], [[undefined]], [['another']]])('of no secret (%j) passes', (secrets) => {
    const passed = reply(400, ERROR, { 'x-request-id': 'r' });

    expect(withoutEcho(passed, secrets)).toBe(passed);
  });
});

test('a service whose certificate nobody vouches for gets neither a second attempt nor the token', async () => {
  let connections = 0;
  const secure = tls.createServer(createSelfSigned('127.0.0.1'));
  secure.on('connection', () => {
    connections += 1;
  });
  const server = await startRawServer(() => {}, secure);
  const SFS_TURBO_ENDPOINT = server.origin.replace('http:', 'https:');
  const { cancel, shareId, logged } = await deploy({ variables: { SFS_TURBO_ENDPOINT } });

  const answer = await cancel({ share_id: shareId, task_id: 'any' });

  expect(answer.statusCode).toBe(502);
  expect(JSON.parse(answer.body)).toEqual({
    errCode: 'FN.UPSTREAM_INVALID',
    errMsg: 'SFS Turbo has no valid certificate; the DELETE was not carried out',
  });
  const { host } = new URL(SFS_TURBO_ENDPOINT);
  expect(logged('audit')[0]?.['reason']).toBe(`${host}: untrusted, DEPTH_ZERO_SELF_SIGNED_CERT`);
  expect(connections).toBe(1);
  expect(server.requests).toEqual([]);
});
