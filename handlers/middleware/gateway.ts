import middy from '@middy/core';
import type { App } from '../../lib/app.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { type Answer, type GatewayResponse, toResponse } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';
import { toFunction } from '../platform/chain.ts';
import { toHttpRequest } from '../platform/http-request.ts';
import { toInvocation, toMiddyContext } from '../platform/invocation.ts';
import { failures } from './failures.ts';
import { requestLog } from './request-log.ts';
import { createRouter, type HttpEvent, type Route } from './router.ts';

/** A function behind an HTTP gateway: it answers every event, whatever is in it, and never throws. */
export type HttpHandler = (event: unknown, context: unknown) => Promise<GatewayResponse>;

// a chain that deletes ends earlier than this, with words of its own
const EARLY_MS = 100;

/** What every route has around its own chain, on both clouds. */
export function createHttpHandler(routes: readonly Route[], apps: Pick<Apps<App>, 'logs' | 'runtime'>): HttpHandler {
  const findRoute = createRouter(routes);
  const chain = toFunction(
    middy<HttpEvent, Answer>({ timeoutEarlyInMillis: EARLY_MS, timeoutEarlyResponse: endEarly })
      .use(requestLog(apps)) // behind `failures`: Middy runs what follows a handler from the last to the first
      .use(failures(apps.logs))
      .handler((event: HttpEvent, context) => event.handler(event, context)),
  );

  return async (input, context) => {
    const invocation = toInvocation(context);
    const request = toHttpRequest(input);
    const body = request.rawBody.toString('utf8');
    const event: HttpEvent = { ...request, ...findRoute(request), invocation, body };
    const response = toResponse(await chain(event, toMiddyContext(invocation)), invocation.requestId);
    // an answer to HEAD has no body (RFC 9110, 9.3.2), and not every gateway takes it off
    return request.method === 'HEAD' ? { ...response, body: '' } : response;
  };
}

function endEarly(): never {
  throw new ServiceError('upstream_timeout', 'no answer in time');
}
