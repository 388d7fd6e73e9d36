import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createHttpApp, type HttpApp } from '../lib/app.ts';
import { readHttpConfig } from '../lib/config/read-config.ts';
import type { Caller } from '../lib/core/caller.ts';
import { ServiceError } from '../lib/core/errors.ts';
import type { TaskRef } from '../lib/core/task.ts';
import type { Cancelled } from '../lib/tasks/cancel.ts';
import { deliveryKey } from '../lib/tasks/deliveries.ts';
import type { ListQuery } from '../lib/tasks/list.ts';
import { bodyLimit } from './middleware/body-limit.ts';
import { callerKey } from './middleware/caller-key.ts';
import { createHttpHandler, type HttpHandler } from './middleware/gateway.ts';
import { jsonBody, jsonMediaType } from './middleware/json-body.ts';
import { type HttpEvent, type Route, route } from './middleware/router.ts';
import type { Session } from './middleware/session.ts';
import { listQuery, taskInBody, taskInPath } from './middleware/task.ts';
import { webhookSignature } from './middleware/webhook-signature.ts';
import type { Answer } from './platform/answer.ts';
import { type Apps, createApps } from './platform/apps.ts';
import type { Delivery } from './requests/webhook-signature.ts';
import { cancelManyRoute } from './routes/cancel-many.ts';
import { sweepRoute } from './routes/sweep-now.ts';

const TASKS_PATH = '/v1/{project_id}/sfs-turbo/shares/{share_id}/fs/{feature}/tasks';
const TASK_PATH = `${TASKS_PATH}/{task_id}`;

/** The routes of the function `http`, each with its one authenticator. */
export function createRoutes(apps: Apps<HttpApp>): readonly Route[] {
  return [
    route(
      'DELETE',
      TASK_PATH,
      deleting().use(callerKey(apps, 'cancel')).use(bodyLimit()).use(taskInPath()).handler(cancel),
    ),
    route('GET', TASKS_PATH, reading().use(callerKey(apps, 'read')).use(bodyLimit()).use(listQuery()).handler(list)),
    route('GET', TASK_PATH, reading().use(callerKey(apps, 'read')).use(bodyLimit()).use(taskInPath()).handler(show)),
    route(
      'POST',
      '/v1/tasks/cancel',
      deleting()
        .use(callerKey(apps, 'cancel'))
        .use(bodyLimit())
        .use(jsonMediaType())
        .use(jsonBody())
        .use(taskInBody())
        .handler(cancel),
    ),
    cancelManyRoute(apps),
    sweepRoute(apps),
    route(
      'POST',
      '/v1/webhooks/tasks',
      deleting()
        .use(webhookSignature(apps))
        .use(bodyLimit())
        .use(jsonMediaType())
        .use(jsonBody())
        .use(taskInBody())
        .handler(cancelOnce),
    ),
    route('GET', '/healthz', health()),
    // some load balancers ask by it
    route('HEAD', '/healthz', health()),
  ];
}

export function createHandler(apps: Apps<HttpApp>): HttpHandler {
  return createHttpHandler(createRoutes(apps), apps);
}

/** A chain whose handler sends a DELETE. It ends before the gateway's chain would, and says what may have been done. */
function deleting() {
  return middy<HttpEvent, Answer>({
    timeoutEarlyInMillis: 200,
    timeoutEarlyResponse: () => {
      throw new ServiceError('upstream_timeout', 'no answer in time; the DELETE may have been carried out');
    },
  });
}

function health() {
  return middy<HttpEvent, Answer>().handler(() => ({ status: 200, body: { status: 'ok' } }));
}

function reading() {
  return middy<HttpEvent, Answer>();
}

interface Listing extends Context {
  readonly session: Cancelling['session'];
  readonly query: ListQuery;
}

// the service answers from a cache of up to five minutes
const FROM_CACHE = { 'x-data-age-max-s': '300' } as const;

async function list(_event: HttpEvent, { session: { app, caller, call }, query }: Listing): Promise<Answer> {
  const { tasks, nextMarker, upstreamRequestId } = await app.listTasks(query, caller, call);
  return { status: 200, body: { tasks, next_marker: nextMarker }, headers: FROM_CACHE, upstreamRequestId };
}

async function show(_event: HttpEvent, { session: { app, caller, call }, task }: Cancelling): Promise<Answer> {
  const { value, upstreamRequestId } = await app.showTask(task, caller, call);
  return { status: 200, body: value, headers: FROM_CACHE, upstreamRequestId };
}

interface Cancelling extends Context {
  readonly session: Session<HttpApp> & { readonly caller: Caller };
  readonly task: TaskRef;
}

async function cancel(_event: HttpEvent, { session: { app, caller, call }, task }: Cancelling): Promise<Answer> {
  return toAnswer(await app.cancelTask(task, caller, call));
}

interface CancellingOnce extends Cancelling {
  readonly session: Cancelling['session'] & { readonly delivery: Delivery };
}

/** A delivery that comes again gets the answer of the first one. */
async function cancelOnce(event: HttpEvent, { session, task }: CancellingOnce): Promise<Answer> {
  const { app, caller, call, delivery } = session;
  const key = deliveryKey(delivery.id, event.rawBody);
  return toAnswer(await app.deliveries.once(key, () => app.cancelTask(task, caller, call)));
}

function toAnswer({ projectId, shareId, feature, taskId, outcome, upstreamRequestId }: Cancelled): Answer {
  const body = { project_id: projectId, share_id: shareId, feature, task_id: taskId, outcome };
  return { status: 202, body, upstreamRequestId };
}

export const handler = createHandler(createApps(readHttpConfig, createHttpApp));
