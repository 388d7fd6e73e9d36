import { isDeepStrictEqual } from 'node:util';
import type { App, Reread } from '../../lib/app.ts';
import type { Config, Platform } from '../../lib/config/read-config.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import { createLogs, type LogFactory } from '../../lib/core/log.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { environment, type Surroundings } from './invocation.ts';
import { readPackageFile } from './package-file.ts';
import { createSecrets } from './secrets.ts';

/** Where a handler gets its app from. */
export interface Apps<A extends App> {
  /** @throws {ServiceError} `misconfigured` */
  readonly appFor: (surroundings: Surroundings) => Promise<A>;
  /** The app's; every line from INFO on while there is no app. */
  readonly logs: LogFactory;
  /**
   * The variables and the members of the secret, for a report of a run whose app could not be made.
   *
   * @throws {ServiceError} `misconfigured` when the secret cannot be read
   */
  readonly lookupFor: (surroundings: Surroundings) => Promise<Lookup>;
  readonly runtime: Runtime;
}

// after credentials were refused, how often the secret is read until they are accepted
const REREAD_AFTER_MS = 10_000;

/**
 * The app of this instance, made from the variables of its first invocation: on FunctionGraph they are not there before.
 * It is made anew when they change, and keeps what the app before it carried out.
 * On Lambda they are, so the connections of the first call are opened while the function initialises.
 */
export function createApps<C extends Config, A extends App>(
  readConfig: (lookup: Lookup, platform: Platform) => C,
  createApp: (config: C, runtime: Runtime, reread: Reread, previous: A | undefined) => A,
  runtime: Runtime = nodeRuntime,
): Apps<A> {
  const logs: LogFactory = (requestId) => (current?.app.logs ?? createLogs('INFO', runtime.write))(requestId);
  const secrets = createSecrets(runtime, logs);
  let current: { readonly app: A; readonly config: C; readonly secret: Lookup | undefined } | undefined;
  // on FunctionGraph the context of each invocation has the variables
  let latest: Surroundings = environment;

  function configOf(secret: Lookup | undefined, { platform, lookup }: Surroundings): C {
    const hasAgency = platform === 'functiongraph';
    return readConfig(both(lookup, secret), { hasAgency, readFile: readPackageFile });
  }

  async function reread(): Promise<Config> {
    const config = configOf(await secrets.read(latest, REREAD_AFTER_MS), latest);
    const { credentials } = config;
    // the app takes these alone: what else may have changed is noticed at the next invocation
    if (current !== undefined) current = { ...current, config: { ...current.config, credentials } };
    return config;
  }

  function appWith(secret: Lookup | undefined, surroundings: Surroundings): A {
    if (current !== undefined && current.secret === secret && !current.app.isInDoubt()) return current.app;
    const config = configOf(secret, surroundings);
    if (current !== undefined && isDeepStrictEqual(config, current.config)) {
      current = { ...current, secret };
      return current.app;
    }
    const app = createApp(config, runtime, reread, current?.app);
    current?.app.close().catch(() => {});
    current = { app, config, secret };
    return app;
  }

  async function appFor(surroundings: Surroundings): Promise<A> {
    latest = surroundings;
    const maxAgeMs = current?.app.isInDoubt() ? REREAD_AFTER_MS : undefined;
    return appWith(await secrets.read(surroundings, maxAgeMs), surroundings);
  }

  if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) {
    appFor(environment)
      .then((app) => app.preconnect())
      // the first invocation meets the same fault, and has someone to tell
      .catch(() => {});
  }

  const lookupFor: Apps<A>['lookupFor'] = async (surroundings) =>
    both(surroundings.lookup, await secrets.read(surroundings));

  return { appFor, lookupFor, logs, runtime };
}

/** A variable goes before the secret's member of its name. */
function both(lookup: Lookup, secret: Lookup | undefined): Lookup {
  return (name) => lookup(name)?.trim() || secret?.(name);
}
