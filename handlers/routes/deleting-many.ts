import middy from '@middy/core';
import type { HttpApp } from '../../lib/app.ts';
import type { Caller, Right } from '../../lib/core/caller.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { bodyLimit } from '../middleware/body-limit.ts';
import { callerKey } from '../middleware/caller-key.ts';
import { jsonBody, jsonMediaType } from '../middleware/json-body.ts';
import type { HttpEvent } from '../middleware/router.ts';
import type { Session } from '../middleware/session.ts';
import type { Answer } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';

export interface CallerSession extends Session<HttpApp> {
  readonly caller: Caller;
}

/**
 * A chain for a caller with the right and a JSON body, whose handler sends many DELETEs and ends by itself in time. Should it
 * not, the log still says what was done.
 */
export function deletingMany(apps: Apps<HttpApp>, right: Right) {
  return middy<HttpEvent, Answer>({ timeoutEarlyInMillis: 200, timeoutEarlyResponse: endEarly })
    .use(callerKey(apps, right))
    .use(bodyLimit())
    .use(jsonMediaType())
    .use(jsonBody());
}

function endEarly(): never {
  throw new ServiceError('upstream_timeout', 'no answer in time; the audit lines in the log name what was deleted');
}
