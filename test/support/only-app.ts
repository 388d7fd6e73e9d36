import type { Apps } from '../../handlers/platform/apps.ts';
import type { App } from '../../lib/app.ts';

/** One given app for every invocation. */
export function onlyApp<A extends App>(app: A): Apps<A> {
  return { appFor: async () => app, lookupFor: async () => () => undefined, logs: app.logs, runtime: app.runtime };
}
