import { parseTaskRef } from '../lib/core/task.ts';
import type { Cancelled } from '../lib/tasks/cancel.ts';
import { deliveryKey } from '../lib/tasks/deliveries.ts';
import {
  authenticated,
  createHttpHandler,
  type HttpEvent,
  type HttpHandler,
  sessionOf,
} from './middleware/http-chain.ts';
import { checkBodySize, readJson } from './middleware/json-body.ts';
import type { Answer } from './platform/answer.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { authenticateCaller } from './requests/caller-key.ts';
import { verifyWebhook } from './requests/webhook-signature.ts';

export const TASK_PATH = '/v1/{project_id}/sfs-turbo/shares/{share_id}/fs/{feature}/tasks/{task_id}';

/** The function `http`: each route with its one authenticator. */
export function createHandler(apps: Apps): HttpHandler {
  const byKey = authenticated(apps, (event, { config }) => ({ caller: authenticateCaller(event, config.callerKeys) }));
  const bySignature = authenticated(apps, (event, { config, runtime }) => ({
    caller: 'webhook',
    deliveryId: verifyWebhook(event, config.webhookSecrets, runtime.now()).id,
  }));

  return createHttpHandler(
    [
      { method: 'DELETE', path: TASK_PATH, steps: [byKey, checkBodySize], handler: cancelByPath },
      { method: 'POST', path: '/v1/tasks/cancel', steps: [byKey, readJson], handler: cancelByBody },
      { method: 'POST', path: '/v1/webhooks/tasks', steps: [bySignature, readJson], handler: cancelByDelivery },
      { method: 'GET', path: '/healthz', steps: [], handler: async () => ({ status: 200, body: { status: 'ok' } }) },
    ],
    apps,
  );
}

async function cancelByPath(event: HttpEvent): Promise<Answer> {
  const { app, call, caller } = sessionOf(event);
  const fields = Object.entries(event.pathParameters).map(([name, segment]) => [name, decodeSegment(segment)]);
  return toAnswer(await app.cancelTask(parseTaskRef(Object.fromEntries(fields)), caller, call));
}

async function cancelByBody(event: HttpEvent): Promise<Answer> {
  const { app, call, caller } = sessionOf(event);
  return toAnswer(await app.cancelTask(parseTaskRef(event.body), caller, call));
}

async function cancelByDelivery(event: HttpEvent): Promise<Answer> {
  const { app, call, caller, deliveryId = '' } = sessionOf(event);
  const ref = parseTaskRef(event.body);
  const key = deliveryKey(deliveryId, event.rawBody);
  return toAnswer(await app.deliveries.once(key, () => app.cancelTask(ref, caller, call)));
}

function toAnswer({ projectId, shareId, feature, taskId, outcome, upstreamRequestId }: Cancelled): Answer {
  const body = { project_id: projectId, share_id: shareId, feature, task_id: taskId, outcome };
  return { status: 202, body, upstreamRequestId };
}

/** A segment that is not well encoded stays as it is, and then is no id. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

export const handler = createHandler(createApps());
