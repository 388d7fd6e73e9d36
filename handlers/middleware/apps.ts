import { type App, createApp } from '../../lib/app.ts';
import { type ConfigParts, type Lookup, readConfig } from '../../lib/config.ts';
import { ServiceError } from '../../lib/errors.ts';
import { createLogs, type LogFactory } from '../../lib/log.ts';
import { realWorld, type World } from '../../lib/world.ts';
import type { Invocation } from './platform.ts';
import { createSecrets } from './secrets.ts';

type Surroundings = Pick<Invocation, 'platform' | 'lookup'>;

/** Where a handler gets its app from. */
export interface Apps {
  /** @throws {ServiceError} `misconfigured` */
  readonly appFor: (surroundings: Surroundings) => Promise<App>;
  /** The app's, and while there is none such as write every line from INFO on. */
  readonly logs: LogFactory;
  /** For lines that are no log lines. */
  readonly write: World['write'];
}

/**
 * The app of this instance, made from the variables of its first invocation: on FunctionGraph they are not there before.
 * On Lambda they are, so what the first call needs to be let in with is fetched while the function initialises.
 *
 * @param parts what the function needs of the configuration beyond what all functions need
 */
export function createApps(world: World = realWorld, parts: ConfigParts = {}): Apps {
  const secrets = createSecrets(world);
  let current: { readonly app: App; readonly values: Lookup | undefined } | undefined;
  let withoutApp: LogFactory | undefined;

  /** Nothing, at once, where there is no secret. */
  function readSecret({ platform, lookup }: Surroundings): Promise<Lookup> | undefined {
    const secretId = lookup('SECRETS_ID')?.trim();
    if (secretId === undefined || secretId === '') return undefined;
    if (platform === 'lambda') return secrets.read(secretId);
    throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
      faults: ['SECRETS_ID is a secret of AWS; FunctionGraph has encrypted variables'],
    });
  }

  /** A secret that was rotated comes as new values, and makes a new app. */
  function appWith(values: Lookup | undefined, { platform, lookup }: Surroundings): App {
    if (current !== undefined && current.values === values) return current.app;
    const filledIn: Lookup = (name) => lookup(name)?.trim() || values?.(name);
    const app = createApp(readConfig(filledIn, { ...parts, hasAgency: platform === 'functiongraph' }), world);
    current?.app.close().catch(() => {});
    current = { app, values };
    return app;
  }

  async function initialise(surroundings: Surroundings): Promise<void> {
    const secret = readSecret(surroundings);
    // without one there is no await, and requests are on their way before the first event is looked at
    appWith(secret && (await secret), surroundings).prefetch();
  }

  if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) {
    // the first invocation meets the same fault, and has someone to tell
    initialise({ platform: 'lambda', lookup: (name) => process.env[name] }).catch(() => {});
  }

  return {
    appFor: async (surroundings) => {
      // an instance keeps its variables: only a secret's values may become others
      if (current !== undefined && current.values === undefined) return current.app;
      return appWith(await readSecret(surroundings), surroundings);
    },
    logs: (requestId) => {
      if (current !== undefined) return current.app.logs(requestId);
      withoutApp ??= createLogs('INFO', world.write);
      return withoutApp(requestId);
    },
    write: world.write,
  };
}

/** One given app for every invocation, as tests have it. */
export function onlyApp(app: App): Apps {
  return { appFor: async () => app, logs: app.logs, write: app.world.write };
}
