import type { MiddlewareObj, Request } from '@middy/core';
import type { App } from '../../lib/app.ts';
import type { Answer } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';
import { createRefusalLog } from '../platform/refusal-log.ts';
import type { HttpEvent } from './router.ts';

/** One line for each request, written when its answer is known. */
export function requestLog({ logs, runtime }: Pick<Apps<App>, 'logs' | 'runtime'>): MiddlewareObj<HttpEvent, Answer> {
  const refusals = createRefusalLog(runtime.now);

  function write({ event, response }: Request<HttpEvent, Answer>): void {
    if (response === null) return;
    const { status, failure } = response;
    const log = logs(event.invocation.requestId);
    const line = { route: event.route, method: event.method, status, reason: failure?.reason };
    if (status === 401) {
      const count = refusals(failure?.reason ?? 'unknown');
      // in place of a line each, of which a flood would leave many
      if (count === undefined) return;
      const refused = { source_ip: event.sourceIp, clock_off_s: failure?.clockOffS, count };
      log.record('warn', 'http.unauthenticated', { ...line, ...refused });
      return;
    }
    // what was done has left a line of its own, and a health check is not worth one
    log[status < 400 ? 'debug' : 'info']('http.request', {
      ...line,
      err_code: failure?.errCode,
      duration_ms: Math.round(performance.now() - event.invocation.startedAtMs),
    });
  }
  return { after: write, onError: write };
}
