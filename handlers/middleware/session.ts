import type { App } from '../../lib/app.ts';
import type { Call } from '../../lib/core/call.ts';
import type { Apps } from '../platform/apps.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import { toCall } from '../platform/invocation.ts';
import { adds } from './adds.ts';
import type { HttpEvent } from './router.ts';

/** What serves a request that was let in. */
export interface Session<A extends App> {
  readonly app: A;
  readonly call: Call;
}

// time for the answer on its way out; and where the platform tells no limit, less than the shortest gateway allows
const LIMITS = { reserveMs: 500, defaultMs: 25_000 } as const;

/**
 * Finds the app, then lets the route's one authenticator decide. Nothing of the body is looked at before.
 *
 * @param authenticate throws, or returns what is known of who asks
 * @param limitMs for senders who wait for less than the platform would allow
 */
export function session<A extends App, Known extends object>(
  apps: Apps<A>,
  authenticate: (request: HttpRequest, app: A) => Known,
  limitMs = Number.POSITIVE_INFINITY,
) {
  return adds('session', async (event: HttpEvent): Promise<Session<A> & Known> => {
    const app = await apps.appFor(event.invocation);
    const call = toCall(event.invocation, app, LIMITS);
    // a new app may have had to read its secrets first
    const leftMs = limitMs - (performance.now() - event.invocation.startedAtMs);
    const deadlineAtMs = Math.min(call.deadlineAtMs, app.runtime.now() + leftMs);
    return { app, call: { ...call, deadlineAtMs }, ...authenticate(event, app) };
  });
}
