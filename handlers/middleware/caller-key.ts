import type { HttpApp } from '../../lib/app.ts';
import type { CallerKey } from '../../lib/config/callers.ts';
import type { Caller, Right } from '../../lib/core/caller.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import type { Apps } from '../platform/apps.ts';
import { authenticateCaller } from '../requests/caller-key.ts';
import { session } from './session.ts';

/** Lets in callers whose key has the right. The session knows the caller by the name of the key. */
export function callerKey(apps: Apps<HttpApp>, right: Right) {
  return session(apps, (request, { config }) => ({
    caller: withRight(authenticateCaller(request, config.callerKeys), right),
  }));
}

/** @throws {ServiceError} `forbidden` */
function withRight({ name, shares, sharesByTarget, rights }: CallerKey, right: Right): Caller {
  if (rights.has(right)) return { name, shares, sharesByTarget };
  throw new ServiceError('forbidden', `this key has no right to ${right}`, {
    reason: `${name} has no right to ${right}`,
  });
}
