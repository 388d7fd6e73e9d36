import { describe, expect, onTestFinished, test } from 'vitest';
import { type Config, readHttpConfig } from '../../../lib/config/read-config.ts';
import type { Call } from '../../../lib/core/call.ts';
import { createLogs } from '../../../lib/core/log.ts';
import type { Runtime } from '../../../lib/core/runtime.ts';
import { createTokenSource, type TokenSource } from '../../../lib/iam/token.ts';
import type { IamToken } from '../../../lib/iam/token-exchange.ts';
import { createRetrier } from '../../../lib/net/retry.ts';
import { createTransport } from '../../../lib/net/transport.ts';
import { type Cloud, type CloudOptions, startCloud } from '../../cloud/cloud.ts';
import { createFakeRuntime, type FakeRuntime } from '../../support/fake-runtime.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

interface Bench {
  readonly cloud: Cloud;
  readonly runtime: FakeRuntime;
  readonly tokens: TokenSource;
  /** An invocation with this much time; 25 s unless told. */
  readonly call: (remainingMs?: number) => Call;
  readonly fetches: () => number;
}

interface BenchOptions {
  readonly cloud?: CloudOptions;
  readonly variables?: Readonly<Record<string, string>>;
  readonly runtime?: Partial<Runtime>;
  /** What this side's clock is ahead of the cloud's. */
  readonly skewMs?: number;
}

/** A token source in front of the embedded IAM; both follow one clock that tests move. */
async function startBench({ cloud: cloudOptions, variables, runtime: inWorld, skewMs = 0 }: BenchOptions = {}) {
  const clock = createFakeRuntime();
  const cloud = await startCloud({ now: () => clock.now() - skewMs, ...cloudOptions });
  onTestFinished(() => cloud.close());
  const values: Record<string, string> = { ...cloud.environment(), ALLOWED_SHARES: '*', ...variables };
  const config: Config = readHttpConfig((name) => values[name]);
  const runtime: Runtime = { ...clock, ...inWorld };
  const transport = createTransport(runtime);
  onTestFinished(() => transport.close());
  if (config.credentials.type !== 'password') throw new TypeError('not configured with a password');
  const retrier = createRetrier(config.maxAttempts, runtime);
  const tokens = createTokenSource(config, config.credentials, { transport, runtime, retrier });
  const log = createLogs('DEBUG', clock.write)('request-1');
  const bench: Bench = {
    cloud,
    runtime: clock,
    tokens,
    call: (remainingMs = 25_000) => ({ requestId: 'request-1', deadlineAtMs: clock.now() + remainingMs, log }),
    fetches: () => cloud.requestsOf('CreateToken').length,
  };
  return bench;
}

function sentTo(cloud: Cloud): unknown {
  return JSON.parse(cloud.requestsOf('CreateToken').at(-1)?.body ?? '{}');
}

describe('the request', () => {
  test('asks by password, for the project by its name and the domain of it', async () => {
    const { cloud, tokens, call } = await startBench();

    const token = await tokens.get(call());

    const domain = { name: cloud.domainName };
    const user = { domain, name: cloud.userName, password: cloud.password };
    expect(sentTo(cloud)).toEqual({
      auth: {
        identity: { methods: ['password'], password: { user } },
        scope: { project: { name: cloud.projectName, domain } },
      },
    });
    expect(token.projectId).toBe(cloud.projectId);
    expect(token.value).toHaveLength(8_900);
  });

  test('asks for the project by its id where that is known', async () => {
    const clock = createFakeRuntime();
    const cloud = await startCloud({ now: clock.now });
    onTestFinished(() => cloud.close());
    const { tokens, call } = await startBench({
      variables: {
        HW_AUTH_URL: cloud.iamUrl,
        HW_USER_PASSWORD: cloud.password,
        HW_PROJECT_ID: cloud.projectId,
        HW_PROJECT_NAME: 'not this one',
      },
    });

    const token = await tokens.get(call());

    expect(sentTo(cloud)).toMatchObject({ auth: { scope: { project: { id: cloud.projectId } } } });
    expect(JSON.stringify(sentTo(cloud))).not.toContain('not this one');
    expect(token.projectId).toBe(cloud.projectId);
  });

  test('names another project of the region when told', async () => {
    const { cloud, tokens, call } = await startBench({ variables: { HW_PROJECT_NAME: 'cn-north-4_archive' } });

    const token = await tokens.get(call());

    expect(token.projectId).toBe(cloud.subProjectId);
  });
});

describe('the cache', () => {
  // random is 1: three minutes before the end, the earliest
  test.each([
    { ageMs: 0, fetches: 1 },
    { ageMs: 24 * HOUR_MS - 3 * MINUTE_MS - 1, fetches: 1 },
    { ageMs: 24 * HOUR_MS - 3 * MINUTE_MS, fetches: 2 },
    { ageMs: 25 * HOUR_MS, fetches: 2 },
  ])('with a token of 24 h that is $ageMs ms old has fetched $fetches', async ({ ageMs, fetches: expected }) => {
    const { runtime, tokens, call, fetches } = await startBench();
    const first = await tokens.get(call());

    runtime.advance(ageMs);
    const second = await tokens.get(call());

    expect(fetches()).toBe(expected);
    expect(second === first).toBe(expected === 1);
  });

  test('spreads renewals over a minute, so that instances do not renew together', async () => {
    const { runtime, tokens, call, fetches } = await startBench({ runtime: { random: () => 0 } });
    await tokens.get(call());

    runtime.advance(24 * HOUR_MS - 2 * MINUTE_MS - 1);
    await tokens.get(call());
    expect(fetches()).toBe(1);
    runtime.advance(1);
    await tokens.get(call());

    expect(fetches()).toBe(2);
  });

  test.each([
    ['behind', -5 * HOUR_MS],
    ['ahead', 30 * HOUR_MS],
  ])('believes the life of a token, not the time, when the clock here is %s', async (_, skewMs) => {
    const { runtime, tokens, call, fetches } = await startBench({ skewMs });
    await tokens.get(call());

    runtime.advance(23 * HOUR_MS);
    await tokens.get(call());
    expect(fetches()).toBe(1);
    runtime.advance(HOUR_MS);
    await tokens.get(call());

    expect(fetches()).toBe(2);
  });

  test('keeps a token that lives shorter than the margin for nobody but those who wait for it', async () => {
    const { tokens, call, fetches } = await startBench({ cloud: { tokenLifetimeMs: 30_000 } });

    const both = await Promise.all([tokens.get(call()), tokens.get(call())]);
    await tokens.get(call());

    expect(both[0]).toBe(both[1]);
    expect(fetches()).toBe(2);
  });

  test('belongs to one source', async () => {
    const one = await startBench();
    const other = await startBench();

    const tokens = [await one.tokens.get(one.call()), await other.tokens.get(other.call())];

    expect(tokens[0]?.value).not.toBe(tokens[1]?.value);
    expect([one.fetches(), other.fetches()]).toEqual([1, 1]);
  });
});

describe('callers at once', () => {
  test('50 share one fetch', async () => {
    const { tokens, call, fetches } = await startBench();

    const got = await Promise.all(Array.from({ length: 50 }, () => tokens.get(call())));

    expect(new Set(got).size).toBe(1);
    expect(fetches()).toBe(1);
  });

  test('50 with the same dead token share one more', async () => {
    const { tokens, call, fetches } = await startBench();
    const dead = await tokens.get(call());

    const renewed = await Promise.all(
      Array.from({ length: 50 }, async () => {
        tokens.discard(dead);
        return tokens.get(call());
      }),
    );

    expect(new Set(renewed).size).toBe(1);
    expect(renewed[0]).not.toBe(dead);
    expect(fetches()).toBe(2);
  });

  test('a late complaint about an old token does not cost the new one', async () => {
    const { tokens, call, fetches } = await startBench();
    const old = await tokens.get(call());
    tokens.discard(old);
    const current = await tokens.get(call());

    tokens.discard(old);

    expect(await tokens.get(call())).toBe(current);
    expect(fetches()).toBe(2);
  });

  test('share a failure, and the next caller tries anew', async () => {
    const { cloud, tokens, call, fetches } = await startBench({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 503 } });

    const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => tokens.get(call())));
    const later = await tokens.get(call());

    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(later.projectId).toBe(cloud.projectId);
    expect(fetches()).toBe(2);
  });

  test('one with less time gets its time-out while the others get the token', async () => {
    const { cloud, tokens, call, fetches } = await startBench();
    cloud.latency('iam', 200);

    const [hurried, patient] = await Promise.allSettled([tokens.get(call(50)), tokens.get(call())]);

    expect(hurried).toMatchObject({ status: 'rejected', reason: { code: 'upstream_timeout' } });
    expect(hurried).toMatchObject({ reason: { why: expect.stringMatching(/\(127\.0\.0\.1:\d+: timeout\)$/) } });
    expect(patient.status).toBe('fulfilled');
    // the first one was cut to the time of the caller who started it, so that nothing outlives the last answer
    expect(fetches()).toBe(2);
  });

  test('one with more time who comes later gives the fetch the time for another attempt', async () => {
    const { cloud, tokens, call, fetches } = await startBench();
    cloud.latency('iam', 50);
    cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 503 } });

    const [hurried, patient] = await Promise.allSettled([tokens.get(call(90)), tokens.get(call())]);

    expect(hurried.status).toBe('rejected');
    expect(patient.status).toBe('fulfilled');
    expect(fetches()).toBe(2);
  });

  test('do not join a fetch that a freeze has stopped', async () => {
    const { cloud, runtime, tokens, call, fetches } = await startBench({
      variables: { REQUEST_TIMEOUT_MS: '60000' },
    });
    cloud.order({ operation: 'CreateToken', kind: { type: 'silence' } });
    const frozen = tokens.get(call(60_000));
    frozen.catch(() => {});
    await expect.poll(fetches).toBe(1);

    runtime.advance(2_001);
    const token = await tokens.get(call(3_000));

    expect(token.projectId).toBe(cloud.projectId);
    expect(fetches()).toBe(2);
  });

  test('join a fetch that is only slow', async () => {
    const { cloud, runtime, tokens, call, fetches } = await startBench();
    cloud.latency('iam', 100);
    const slow = tokens.get(call());
    await expect.poll(fetches).toBe(1);

    runtime.advance(2_000);
    const joined = tokens.get(call());

    expect(await joined).toBe(await slow);
    expect(fetches()).toBe(1);
  });

  test('a stopped fetch that ends late does not displace the newer token', async () => {
    const { cloud, runtime, tokens, call } = await startBench();
    cloud.order({ operation: 'CreateToken', kind: { type: 'latency', ms: 200 } });
    const stopped = tokens.get(call(60_000));
    await expect.poll(() => cloud.requests.length).toBe(1);
    runtime.advance(2_001);
    const newer = await tokens.get(call());

    await stopped;

    expect((await tokens.get(call())).expiresAtMs).toBe(newer.expiresAtMs);
  });
});

describe('a refusal', () => {
  test.each([
    [400, 1],
    [401, 15],
    [403, 1],
    [404, 1],
  ])('of %i is not tried again, and remembered for %i min', async (status, minutes) => {
    const { cloud, runtime, tokens, call, fetches } = await startBench();
    cloud.order({ operation: 'CreateToken', kind: { type: 'status', status } });

    await expect(tokens.get(call())).rejects.toMatchObject({ code: 'iam_rejected', status: 502, upstream: { status } });
    expect(fetches()).toBe(1);
    runtime.advance(minutes * MINUTE_MS - 1);
    await expect(tokens.get(call())).rejects.toMatchObject({ code: 'iam_rejected', status: 502 });
    expect(fetches()).toBe(1);
    runtime.advance(1);
    const token = await tokens.get(call());

    expect(token.projectId).toBe(cloud.projectId);
    expect(fetches()).toBe(2);
  });

  test('that is slow to come is one failed login, also on a connection that was idle', async () => {
    const { cloud, runtime, tokens, call, fetches } = await startBench();
    tokens.discard(await tokens.get(call()));
    cloud.changePassword('another');
    cloud.latency('iam', 1_200);

    runtime.advance(5_000);
    const failing = tokens.get(call());

    await expect(failing).rejects.toMatchObject({ code: 'iam_rejected' });
    expect(fetches()).toBe(2);
  });

  test('says nothing of what IAM said, and keeps it for the log', async () => {
    const { runtime, tokens, call } = await startBench({ variables: { HW_USER_PASSWORD: 'not-the-password' } });

    const refused = tokens.get(call());

    await expect(refused).rejects.toMatchObject({ message: "IAM refused the function's credentials (401)" });
    expect(runtime.lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 'ERROR', event: 'iam.token', outcome: 'iam_rejected', upstream_status: 401, err_code: '401' },
    ]);
    expect(runtime.lines.join()).not.toContain('not-the-password');
  });

  test('for want of a connection leaves host and cause in the log', async () => {
    const variables = { HW_AUTH_URL: 'http://127.0.0.1:9/v3', MAX_ATTEMPTS: '1' };
    const { runtime, tokens, call } = await startBench({ variables });

    await expect(tokens.get(call())).rejects.toMatchObject({ code: 'upstream_unavailable' });

    expect(runtime.lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        level: 'WARN',
        event: 'iam.token',
        outcome: 'upstream_unavailable',
        reason: 'IAM cannot be reached (127.0.0.1:9: unreachable, ECONNREFUSED)',
      },
    ]);
  });

  test('of a wrong password never locks the account, however many calls come for however long', async () => {
    const { cloud, runtime, tokens, call } = await startBench({ variables: { HW_USER_PASSWORD: 'not-the-password' } });
    const failedAtMs: number[] = [];

    for (let second = 0; second < 7_200; second += 5) {
      const before = cloud.requests.length;
      await tokens.get(call()).catch(() => {});
      if (cloud.requests.length > before) failedAtMs.push(runtime.now());
      runtime.advance(5_000);
    }

    const worst = failedAtMs.map((atMs) =>
      failedAtMs.filter((other) => other > atMs - 15 * MINUTE_MS && other <= atMs),
    );
    expect(Math.max(...worst.map(({ length }) => length))).toBeLessThan(5);
    expect(failedAtMs.length).toBeGreaterThan(5);
  });
});

describe('a failure of IAM', () => {
  test.each([
    [{ type: 'throttle' }],
    [{ type: 'throttle', retryAfter: '3' }],
    [{ type: 'status', status: 408 }],
    [{ type: 'status', status: 500 }],
    [{ type: 'status', status: 502 }],
    [{ type: 'status', status: 503 }],
    [{ type: 'status', status: 504 }],
    [{ type: 'reset', when: 'before' }],
    [{ type: 'reset', when: 'after' }],
    [{ type: 'truncate', bytes: 20 }],
    [{ type: 'truncate', bytes: 9_200 }],
    [{ type: 'silence' }],
    [{ type: 'stallBody' }],
  ] as const)('by %j is tried again', async (kind) => {
    const { cloud, tokens, call, fetches } = await startBench({ variables: { REQUEST_TIMEOUT_MS: '150' } });
    cloud.order({ operation: 'CreateToken', times: 2, kind });

    const token = await tokens.get(call());

    expect(token.projectId).toBe(cloud.projectId);
    expect(fetches()).toBe(3);
  });

  test.each([
    [{ type: 'throttle' }, { code: 'upstream_throttled', errCode: 'IAM.0012', retryAfterMs: 5_000 }],
    [
      { type: 'throttle', retryAfter: '7' },
      { code: 'upstream_throttled', status: 503, retryAfterMs: 7_000 },
    ],
    [
      { type: 'status', status: 500 },
      { code: 'upstream_unavailable', status: 503 },
    ],
    [
      { type: 'status', status: 500, body: '<html>' },
      { code: 'upstream_unavailable', status: 503 },
    ],
    [{ type: 'status', status: 502 }, { code: 'upstream_unavailable' }],
    [{ type: 'status', status: 503, body: '<html>' }, { code: 'upstream_unavailable' }],
    [
      { type: 'status', status: 504 },
      { code: 'upstream_timeout', status: 504 },
    ],
    [{ type: 'status', status: 409 }, { code: 'upstream_invalid' }],
    [{ type: 'status', status: 418 }, { code: 'upstream_invalid' }],
    [{ type: 'status', status: 302, headers: { Location: 'http://127.0.0.1:1/' } }, { code: 'upstream_invalid' }],
    [{ type: 'reset', when: 'before' }, { code: 'upstream_unavailable' }],
    [{ type: 'silence' }, { code: 'upstream_timeout' }],
    [{ type: 'garbage', bytes: 'SSH-2.0-OpenSSH_9.6\r\n' }, { code: 'upstream_invalid' }],
  ] as const)('by %j that lasts is told as such', async (kind, told) => {
    const { cloud, tokens, call } = await startBench({ variables: { REQUEST_TIMEOUT_MS: '100' } });
    cloud.order({ operation: 'CreateToken', times: Number.POSITIVE_INFINITY, kind });

    const failing = tokens.get(call());

    await expect(failing).rejects.toMatchObject(told);
  });

  test('by a refused connection is told as such', async () => {
    const { tokens, call } = await startBench({ variables: { HW_AUTH_URL: 'http://127.0.0.1:1/v3' } });

    const failing = tokens.get(call());

    await expect(failing).rejects.toMatchObject({ code: 'upstream_unavailable', message: 'IAM cannot be reached' });
  });

  test('is not remembered', async () => {
    const { cloud, tokens, call } = await startBench({ variables: { MAX_ATTEMPTS: '1' } });
    cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 500 } });

    await expect(tokens.get(call())).rejects.toMatchObject({ code: 'upstream_unavailable' });

    expect((await tokens.get(call())).projectId).toBe(cloud.projectId);
  });
});

describe('an odd 201', () => {
  const projectId = '0123456789abcdef0123456789abcdef';
  const times = { issued_at: '2026-01-01T00:00:00.000000Z', expires_at: '2026-01-02T00:00:00.000000Z' };
  const token = { ...times, project: { id: projectId } };
  const header = { 'X-Subject-Token': 'MIIsecret' };

  async function answeredWith(
    body: string | object,
    headers: Readonly<Record<string, string | readonly string[]>>,
    variables: Readonly<Record<string, string>> = {},
  ): Promise<{ got: Promise<IamToken>; bench: Bench }> {
    const bench = await startBench({ variables });
    bench.cloud.order({ operation: 'CreateToken', kind: { type: 'status', status: 201, body, headers } });
    return { got: bench.tokens.get(bench.call()), bench };
  }

  test('that is complete is taken', async () => {
    const { got, bench } = await answeredWith({ token }, header);

    expect(await got).toEqual({ value: 'MIIsecret', projectId, expiresAtMs: bench.runtime.now() + 24 * HOUR_MS });
  });

  test('without issued_at counts from here and now', async () => {
    const { got, bench } = await answeredWith({ token: { ...token, issued_at: undefined } }, header);

    expect((await got).expiresAtMs).toBe(bench.runtime.now() + 24 * HOUR_MS);
  });

  test.each<[string, string | object, Readonly<Record<string, string | readonly string[]>>]>([
    ['without its header', { token }, {}],
    ['with an empty header', { token }, { 'X-Subject-Token': '' }],
    ['with its header twice', { token }, { 'X-Subject-Token': ['MII1', 'MII2'] }],
    ['with blanks in its header', { token }, { 'X-Subject-Token': 'MII 1' }],
    ['with bytes beyond ASCII in its header', { token }, { 'X-Subject-Token': 'MII\u00e9' }],
    ['without a body', '', header],
    ['with a page for a body', '<html>welcome</html>', header],
    ['with half a JSON', '{"token":{', header],
    ['with a list for a body', '[]', header],
    ['with null for a body', 'null', header],
    ['without a token in the body', { tokens: token }, header],
    ['with a text for a token', { token: 'MII' }, header],
    ['without a project, as for a domain', { token: { ...times, domain: { id: projectId } } }, header],
    ['with a project without id', { token: { ...token, project: { name: 'cn-north-4' } } }, header],
    ['with a project id that is a path', { token: { ...token, project: { id: '../../v2' } } }, header],
    ['with a project id that is a number', { token: { ...token, project: { id: 7 } } }, header],
    ['without expires_at', { token: { ...token, expires_at: undefined } }, header],
    ['with an unreadable expires_at', { token: { ...token, expires_at: 'tomorrow' } }, header],
    ['with a number for expires_at', { token: { ...token, expires_at: 1_900_000_000 } }, header],
    ['that expired when it was issued', { token: { ...token, expires_at: times.issued_at } }, header],
    ['that expired before it was issued', { token: { ...token, expires_at: '2025-01-01T00:00:00Z' } }, header],
  ])('%s is invalid', async (_, body, headers) => {
    const { got, bench } = await answeredWith(body, headers);

    await expect(got).rejects.toMatchObject({ code: 'upstream_invalid', status: 502 });
    expect(bench.fetches()).toBe(1);
    expect(bench.runtime.lines.join()).not.toContain('MII');
  });

  test('for another project than the configured one is invalid', async () => {
    const { got } = await answeredWith({ token }, header, { HW_PROJECT_ID: 'another' });

    await expect(got).rejects.toMatchObject({ message: 'IAM answered with a token of another project' });
  });

  test('of more than 64 KiB is invalid', async () => {
    const { got } = await answeredWith({ token: { ...token, catalog: 'x'.repeat(70_000) } }, header);

    await expect(got).rejects.toMatchObject({ code: 'upstream_invalid' });
  });
});
