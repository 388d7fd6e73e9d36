import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { askToken, fetchToken, send, startTestCloud, tasksUrl, withToken } from './caller.ts';
import type { FaultKind } from './cloud.ts';

/** What a bare TCP client saw: every byte, and how the connection ended. */
interface Seen {
  readonly text: string;
  readonly end: 'FIN' | 'RST' | 'open';
}

/** Sends bytes and reads until the connection ends or has been quiet for `quietMs`. */
function exchange(url: string, bytes: string, quietMs = 500): Promise<Seen> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    const finish = (end: Seen['end']) => {
      socket.destroy();
      resolve({ text, end });
    };
    socket.setTimeout(quietMs, () => finish('open'));
    socket.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
    });
    socket.on('end', () => finish('FIN'));
    socket.on('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNRESET' ? 'RST' : 'open'));
    socket.write(bytes);
  });
}

async function cloudWithTask() {
  const cloud = await startTestCloud();
  const shareId = cloud.addShare();
  const taskId = cloud.addTask(shareId);
  const url = `${tasksUrl(cloud, shareId)}/${taskId}`;
  const token = await fetchToken(cloud);
  const bytesOf = (method: string) =>
    `${method} ${new URL(url).pathname} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nX-Auth-Token: ${token}\r\n\r\n`;
  return {
    cloud,
    isDeleted: () => cloud.deletedTaskIds.length === 1,
    show: () => send(url, { headers: withToken(token) }),
    remove: () => send(url, { method: 'DELETE', headers: withToken(token) }),
    removeRaw: () => exchange(url, bytesOf('DELETE')),
    showRaw: () => exchange(url, bytesOf('GET')),
  };
}

test.each<{ kind: FaultKind; end: Seen['end']; text: RegExp; deleted: boolean }>([
  { kind: { type: 'reset', when: 'before' }, end: 'RST', text: /^$/, deleted: false },
  { kind: { type: 'reset', when: 'after' }, end: 'RST', text: /^$/, deleted: true },
  { kind: { type: 'silence' }, end: 'open', text: /^$/, deleted: false },
  { kind: { type: 'silence', act: true }, end: 'open', text: /^$/, deleted: true },
  { kind: { type: 'truncate', bytes: 12 }, end: 'FIN', text: /^HTTP\/1\.1 202$/, deleted: true },
  { kind: { type: 'truncate', bytes: 0, act: false }, end: 'FIN', text: /^$/, deleted: false },
  { kind: { type: 'garbage', bytes: 'SSH-2.0\r\n' }, end: 'FIN', text: /^SSH-2\.0\r\n$/, deleted: false },
  { kind: { type: 'garbage', bytes: 'x', act: true, thenHang: true }, end: 'open', text: /^x$/, deleted: true },
  { kind: { type: 'garbage', bytes: new Uint8Array([0, 255]) }, end: 'FIN', text: /^\0\xff$/, deleted: false },
  { kind: { type: 'stallBody' }, end: 'open', text: /^HTTP\/1\.1 202 .+ngth: 64\r.+\r\n\r\n\{$/s, deleted: true },
  { kind: { type: 'stallBody', act: false }, end: 'open', text: /^HTTP\/1\.1 202 /, deleted: false },
])('strikes a DELETE with $kind', async ({ kind, end, text, deleted }) => {
  const { cloud, isDeleted, removeRaw } = await cloudWithTask();
  cloud.order({ operation: 'DeleteFsTask', kind });

  const seen = await removeRaw();

  expect(seen.end).toBe(end);
  expect(seen.text).toMatch(text);
  expect(isDeleted()).toBe(deleted);
});

test('cuts and stalls the very answer that would have come', async () => {
  const { cloud, showRaw } = await cloudWithTask();
  const withoutIdAndDate = (text: string) => text.replace(/(X-request-id|Date): .*/g, '');
  cloud.order({ kind: { type: 'truncate', bytes: 100_000 } });
  cloud.order({ kind: { type: 'stallBody' } });

  const cut = await showRaw();
  const stalled = await showRaw();
  const whole = await showRaw();

  expect(cut.end).toBe('FIN');
  expect(withoutIdAndDate(cut.text)).toBe(withoutIdAndDate(whole.text));
  const [, body = ''] = whole.text.split('\r\n\r\n');
  expect(stalled.text.split('\r\n\r\n')[1]).toBe(body.slice(0, Math.floor(body.length / 2)));
});

test('throttles as the gateway and as IAM do, with Retry-After only when told', async () => {
  const { cloud, isDeleted, remove } = await cloudWithTask();
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle' } });
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'throttle', retryAfter: '2' } });
  cloud.order({ operation: 'CreateToken', kind: { type: 'throttle' } });

  const plain = await remove();
  const withHint = await remove();
  const ofIam = await askToken(cloud);

  expect([plain, withHint, ofIam].map(({ status }) => status)).toEqual([429, 429, 429]);
  expect(JSON.parse(plain.text)).toMatchObject({ error_code: 'APIGW.0308' });
  expect([plain, withHint].map(({ headers }) => headers['retry-after'])).toEqual([undefined, '2']);
  expect(JSON.parse(ofIam.text)).toMatchObject({ error_code: 'IAM.0012' });
  expect(isDeleted()).toBe(false);
});

test.each<{ kind: FaultKind & { type: 'status' }; type: string | undefined; body: string | RegExp }>([
  { kind: { type: 'status', status: 500 }, type: 'application/json', body: /SFS\.TURBO\.0005/ },
  { kind: { type: 'status', status: 502 }, type: 'application/json', body: /Backend unavailable.*APIGW\.0201/ },
  { kind: { type: 'status', status: 503, body: '<html>' }, type: 'text/html', body: '<html>' },
  { kind: { type: 'status', status: 403, body: { a: 1 } }, type: 'application/json', body: '{"a":1}' },
  { kind: { type: 'status', status: 418 }, type: undefined, body: '' },
  { kind: { type: 'status', status: 204 }, type: undefined, body: '' },
  { kind: { type: 'status', status: 799, body: 'x' }, type: 'application/json', body: 'x' },
])('answers $kind.status as ordered', async ({ kind, type, body }) => {
  const { cloud, isDeleted, remove } = await cloudWithTask();
  cloud.order({ operation: 'DeleteFsTask', kind });

  const reply = await remove();

  expect(reply.status).toBe(kind.status);
  expect(reply.headers['content-type']).toBe(type);
  expect(reply.headers['x-request-id']).toMatch(/^[0-9a-f]{32}$/);
  expect(reply.text).toMatch(body);
  expect(isDeleted()).toBe(false);
});

test('adds ordered headers to an ordered status, and carries the request out if told', async () => {
  const { cloud, isDeleted, remove } = await cloudWithTask();
  const headers = { Location: 'http://127.0.0.1:1/', 'Set-Cookie': ['a=1', 'b=2'] };
  cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 302, headers, act: true } });

  const reply = await remove();

  expect(reply.status).toBe(302);
  expect(reply.headers).toMatchObject({ location: 'http://127.0.0.1:1/', 'set-cookie': ['a=1', 'b=2'] });
  expect(isDeleted()).toBe(true);
});

test('refuses to send an interim status as an answer', async () => {
  const { cloud } = await cloudWithTask();

  const ordering = () => cloud.order({ kind: { type: 'status', status: 101 } });

  expect(ordering).toThrow(RangeError);
});

test('delays by an order and by standing latency, then carries the request out', async () => {
  const { cloud, isDeleted, remove, show } = await cloudWithTask();
  const took = async (call: () => Promise<unknown>) => {
    const startMs = performance.now();
    await call();
    return performance.now() - startMs;
  };
  cloud.order({ kind: { type: 'latency', ms: 80 } });

  const ordered = await took(show);
  cloud.latency('sfs-turbo', 80);
  const standing = await took(remove);

  // timers may fire a millisecond early
  expect(Math.min(ordered, standing)).toBeGreaterThanOrEqual(79);
  expect(isDeleted()).toBe(true);
});

test('carries a delayed request out although the client has gone', async () => {
  const { cloud, isDeleted, removeRaw } = await cloudWithTask();
  cloud.order({ kind: { type: 'latency', ms: 700 } });

  const seen = await removeRaw();

  const atHangUp = isDeleted();
  await expect.poll(isDeleted).toBe(true);
  expect([seen.end, atHangUp]).toEqual(['open', false]);
});

test('strikes in the order given, after those to skip, as often as told, and only the operation named', async () => {
  const { cloud, show, remove } = await cloudWithTask();
  const status = (code: number): FaultKind => ({ type: 'status', status: code });
  cloud.order({ operation: 'ShowFsTask', skip: 1, times: 2, kind: status(500) });
  cloud.order({ operation: 'ShowFsTask', kind: status(503) });
  cloud.order({ operation: 'CreateToken', kind: status(500) });

  const shown: number[] = [];
  for (let i = 0; i < 5; i += 1) shown.push((await show()).status);
  const removed = await remove();

  expect(shown).toEqual([200, 500, 500, 503, 200]);
  expect(removed.status).toBe(202);
});

test('goes on for ever with Infinity, until the faults are cleared', async () => {
  const { cloud, show } = await cloudWithTask();
  cloud.order({ times: Number.POSITIVE_INFINITY, kind: { type: 'status', status: 500 } });

  const struck = [(await show()).status, (await show()).status, (await show()).status];
  cloud.clearFaults();
  const spared = await show();

  expect(struck).toEqual([500, 500, 500]);
  expect(spared.status).toBe(200);
});

test('carries no token request out that it only answers for', async () => {
  const cloud = await startTestCloud();
  const url = tasksUrl(cloud, cloud.addShare());
  cloud.order({ operation: 'CreateToken', kind: { type: 'truncate', bytes: 100_000, act: false } });
  const unissued = await fetchToken(cloud);

  const reply = await send(url, { headers: withToken(unissued) });

  expect(reply.status).toBe(401);
  expect(reply.text).toContain('decrypt token fail');
});
