import type { HttpApp } from '../../lib/app.ts';
import type { Apps } from '../platform/apps.ts';
import { authenticateCaller } from '../requests/caller-key.ts';
import { session } from './session.ts';

/** Lets in whoever has a caller key; the session knows the caller by the name of the key. */
export function callerKey(apps: Apps<HttpApp>) {
  return session(apps, (request, { config }) => ({ caller: authenticateCaller(request, config.callerKeys) }));
}
