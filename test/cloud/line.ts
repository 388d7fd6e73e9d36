import http from 'node:http';
import type { Answer } from './answers.ts';
import type { Line } from './faults.ts';
import type { Incoming } from './requests.ts';

const REASONS: Readonly<Record<number, string>> = { ...http.STATUS_CODES, 494: 'Request Header Too Large' };

/** How a request's connection treats an answer; `headers` are on every one. */
export function createLine(request: Incoming, res: http.ServerResponse, headers: Answer['headers']): Line {
  const { socket } = res.req;
  const withServiceHeaders = (answer: Answer): Answer => ({ ...answer, headers: { ...headers, ...answer.headers } });

  return {
    send(answer) {
      request.record.status = answer.status;
      const full = withServiceHeaders(answer);
      const body = bodyOf(full);
      for (const [name, value] of Object.entries(framed(full, body, res.shouldKeepAlive))) res.setHeader(name, value);
      res.writeHead(full.status, REASONS[full.status] ?? 'Undocumented').end(body);
    },
    serialize(answer) {
      request.record.status = answer.status;
      return serialize(withServiceHeaders(answer), res.shouldKeepAlive);
    },
    sendBytes(bytes, then) {
      if (socket.destroyed) return;
      socket.write(bytes);
      if (then === 'close') socket.destroySoon();
    },
    reset() {
      socket.resetAndDestroy();
    },
  };
}

function bodyOf({ body }: Answer): Buffer {
  return typeof body === 'string' ? Buffer.from(body, 'utf8') : Buffer.from(body ?? []);
}

function framed({ status, headers }: Answer, body: Buffer, keepAlive: boolean): Record<string, string | string[]> {
  const all: Record<string, string | string[]> = {
    // said outright, because Node would add a Keep-Alive hint that no documentation promises
    Connection: keepAlive ? 'keep-alive' : 'close',
    ...(status === 204 || status === 304 ? {} : { 'Content-Length': String(body.length) }),
  };
  for (const [name, value] of Object.entries(headers ?? {})) all[name] = typeof value === 'string' ? value : [...value];
  return all;
}

export function serialize(answer: Answer, keepAlive: boolean): Buffer {
  const body = bodyOf(answer);
  const lines = Object.entries(framed(answer, body, keepAlive)).flatMap(([name, value]) =>
    [value].flat().map((text) => `${name}: ${text}`),
  );
  const statusLine = `HTTP/1.1 ${answer.status} ${REASONS[answer.status] ?? 'Undocumented'}`;
  const head = [statusLine, ...lines, `Date: ${new Date().toUTCString()}`, '', ''].join('\r\n');
  return Buffer.concat([Buffer.from(head, 'latin1'), body]);
}
