import middy from '@middy/core';
import type { App } from '../../lib/app.ts';
import type { Call } from '../../lib/core/call.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import type { Answer } from '../platform/answer.ts';
import { answerFailure, type GatewayResponse, requestLine, toResponse } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';
import { type HttpRequest, toHttpRequest } from '../platform/http-request.ts';
import { type Invocation, toInvocation, toMiddyContext } from '../platform/invocation.ts';
import { createRefusalLog } from '../platform/refusal-log.ts';

/** The event inside the Middy chain: to the middlewares that are not ours it looks like a gateway's. */
export interface HttpEvent extends HttpRequest {
  readonly isBase64Encoded: false;
  /** As text; decoded JSON behind `readJson` and behind Feishu's authenticator. */
  body: unknown;
  /** Raw segments of the path, as the router finds them. */
  pathParameters: Readonly<Record<string, string>>;
  readonly invocation: Invocation;
  /** The route that matched, for the log. */
  route: string;
  /** Set by `authenticated`. */
  session: Session | undefined;
}

/** Who asks, and what serves them. */
export interface Session {
  readonly app: App;
  readonly call: Call;
  /** The name of the caller's key, or the kind of its signature; who a person in a chat is, the body tells. */
  readonly caller: string;
  /** The id of a signed delivery. */
  readonly deliveryId?: string | undefined;
}

/** What must hold before a route's handler is called; it throws when it does not. */
export type Step = (event: HttpEvent) => void | Promise<void>;

export interface Route {
  readonly method: string;
  readonly path: string;
  /** In this order. */
  readonly steps: readonly Step[];
  readonly handler: (event: HttpEvent) => Promise<Answer>;
}

// time for the answer itself on its way through Middy and the platform
const ANSWER_RESERVE_MS = 500;
const EARLY_TIMEOUT_MS = 200;
// what an invocation gets where the platform does not tell: less than the shortest gateway in front allows
const DEFAULT_LIMIT_MS = 25_000;

/** A function behind an HTTP gateway: it answers every event, whatever is in it, and never throws. */
export interface HttpHandler {
  (event: unknown, context: unknown): Promise<GatewayResponse>;
  readonly routes: readonly Pick<Route, 'method' | 'path'>[];
}

export function createHttpHandler(routes: readonly Route[], { logs, now }: Pick<Apps, 'logs' | 'now'>): HttpHandler {
  const refusals = createRefusalLog(now);
  const routeOf = createRouter(routes);
  const chain = middy<HttpEvent, Answer>({
    timeoutEarlyInMillis: EARLY_TIMEOUT_MS,
    timeoutEarlyResponse: () => {
      throw new ServiceError('upstream_timeout', 'no answer in time; the DELETE may have been carried out');
    },
  })
    // not as Middy's own befores: its early time-out watches over the handler alone
    .handler(async (event: HttpEvent) => {
      const { steps, handler } = routeOf(event);
      for (const step of steps) await step(event);
      return handler(event);
    })
    .onError((request) => {
      request.response = answerFailure(request.error, request.event.invocation, logs);
    });

  const handle = async (input: unknown, context: unknown): Promise<GatewayResponse> => {
    const invocation = toInvocation(context);
    const startedAtMs = performance.now();
    const event = toHttpEvent(input, invocation);
    const answer = await chain(event, toMiddyContext(invocation)).catch((error: unknown) =>
      answerFailure(error, invocation, logs),
    );
    if (answer.status === 401) {
      logRefusal(event, answer);
      return toResponse(answer, invocation.requestId);
    }
    const line = requestLine(event.route, event.method, answer, Math.round(performance.now() - startedAtMs));
    // what was done has left a line of its own, and a health check is not worth one
    logs(invocation.requestId)[answer.status < 400 ? 'debug' : 'info']('http.request', line);
    return toResponse(answer, invocation.requestId);
  };

  /** In place of the request's own line, which would be one for every request of a flood. */
  function logRefusal({ route, method, sourceIp, invocation }: HttpEvent, { reason = 'unknown' }: Answer): void {
    const count = refusals(reason);
    if (count === undefined) return;
    const line = { route, method, status: 401, reason, source_ip: sourceIp, count };
    logs(invocation.requestId).record('warn', 'http.unauthenticated', line);
  }
  return Object.assign(handle, { routes });
}

function toHttpEvent(input: unknown, invocation: Invocation): HttpEvent {
  const { method, path, headers, rawBody, sourceIp } = toHttpRequest(input);
  const body = rawBody.toString('utf8');
  return {
    method,
    path,
    headers,
    rawBody,
    sourceIp,
    isBase64Encoded: false,
    body,
    pathParameters: {},
    invocation,
    route: 'none',
    session: undefined,
  };
}

/**
 * In place of @middy/http-router, which has one answer for a wrong path and a wrong method.
 *
 * @throws {ServiceError} `no_route`, or `method_not_allowed` with the methods that the path does take
 */
function createRouter(routes: readonly Route[]): (event: HttpEvent) => Route {
  const patterns = routes.map((route) => ({
    route,
    name: `${route.method} ${route.path}`,
    pattern: toPattern(route.path),
  }));
  return (event) => {
    const allow: string[] = [];
    for (const { route, name, pattern } of patterns) {
      const match = pattern.exec(event.path);
      if (match === null) continue;
      allow.push(route.method);
      if (route.method !== event.method) continue;
      event.route = name;
      event.pathParameters = match.groups ?? {};
      return route;
    }
    throw allow.length === 0
      ? new ServiceError('no_route', 'there is no such route')
      : new ServiceError('method_not_allowed', `this route takes ${allow.join(', ')} only`, { allow });
  };
}

/** `/a/{b}` as a pattern with one group per parameter; one slash at the end is let pass. */
function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
}

/**
 * Finds the app, then lets the route's one authenticator decide. Nothing of the body is looked at before.
 *
 * @param limitMs for senders who wait for less than the platform would allow
 */
export function authenticated(
  apps: Apps,
  authenticate: (event: HttpEvent, app: App) => Pick<Session, 'caller' | 'deliveryId'>,
  limitMs = Number.POSITIVE_INFINITY,
): Step {
  return async (event) => {
    const { invocation } = event;
    const startedAtMs = performance.now();
    const app = await apps.appFor(invocation);
    // a new app may have had to read its secrets first
    const spentMs = performance.now() - startedAtMs;
    const remainingMs = invocation.remainingMs?.() ?? DEFAULT_LIMIT_MS;
    const call: Call = {
      requestId: invocation.requestId,
      deadlineAtMs: app.runtime.now() + Math.min(remainingMs - ANSWER_RESERVE_MS, limitMs - spentMs),
      log: app.logs(invocation.requestId),
      agency: invocation.agency,
    };
    const { caller, deliveryId } = authenticate(event, app);
    event.session = { app, call, caller, deliveryId };
  };
}

/** The session of an event behind `authenticated`. */
export function sessionOf({ session }: HttpEvent): Session {
  if (session === undefined) throw new TypeError('a route without an authenticator');
  return session;
}
