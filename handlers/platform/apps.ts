import { isDeepStrictEqual } from 'node:util';
import { type App, createApp } from '../../lib/app.ts';
import { type Config, type ConfigParts, readConfig } from '../../lib/config/read-config.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { createLogs, type LogFactory } from '../../lib/core/log.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import type { Invocation } from './invocation.ts';
import { createSecrets } from './secrets.ts';

// after credentials were refused, how often the secret is read until they are accepted
const REREAD_AFTER_MS = 10_000;

type Surroundings = Pick<Invocation, 'platform' | 'lookup'>;

interface Current {
  readonly app: App;
  /** The secret's; absent without one. */
  readonly values: Lookup | undefined;
  /** As they were last read. */
  readonly credentials: Config['credentials'];
}

/** Where a handler gets its app from. */
export interface Apps {
  /** @throws {ServiceError} `misconfigured` */
  readonly appFor: (surroundings: Surroundings) => Promise<App>;
  /** The app's, and while there is none such as write every line from INFO on. */
  readonly logs: LogFactory;
  /** For lines that are no log lines. */
  readonly write: Runtime['write'];
  readonly now: Runtime['now'];
}

/**
 * The app of this instance, made from the variables of its first invocation: on FunctionGraph they are not there before.
 * On Lambda they are, so the connections of the first call are opened while the function initialises.
 *
 * @param parts what the function needs of the configuration beyond what all functions need
 */
export function createApps(runtime: Runtime = nodeRuntime, parts: ConfigParts = {}): Apps {
  const secrets = createSecrets(runtime);
  let current: Current | undefined;
  let withoutApp: LogFactory | undefined;
  /** Of the latest invocation: on FunctionGraph its context has the variables. */
  let latest: Surroundings = { platform: 'lambda', lookup: (name) => process.env[name] };

  /** Nothing, at once, where there is no secret. */
  function readSecret({ platform, lookup }: Surroundings, maxAgeMs?: number): Promise<Lookup> | undefined {
    const secretId = lookup('SECRETS_ID')?.trim();
    if (secretId === undefined || secretId === '') return undefined;
    if (platform === 'lambda') return secrets.read(secretId, maxAgeMs);
    throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
      faults: ['SECRETS_ID is a secret of AWS; FunctionGraph has encrypted variables'],
    });
  }

  function configOf(values: Lookup | undefined, { platform, lookup }: Surroundings): Config {
    const filledIn: Lookup = (name) => lookup(name)?.trim() || values?.(name);
    return readConfig(filledIn, { ...parts, hasAgency: platform === 'functiongraph' });
  }

  async function reread(): Promise<Config> {
    const config = configOf(await readSecret(latest, REREAD_AFTER_MS), latest);
    if (current !== undefined) current = { ...current, credentials: config.credentials };
    return config;
  }

  function makeApp(values: Lookup | undefined, surroundings: Surroundings): App {
    const config = configOf(values, surroundings);
    const app = createApp(config, runtime, reread);
    current?.app.close().catch(() => {});
    current = { app, values, credentials: config.credentials };
    return app;
  }

  /** A secret that was rotated comes as new values, and makes a new app. */
  function appWith(values: Lookup | undefined, surroundings: Surroundings): App {
    if (current === undefined || current.values !== values) return makeApp(values, surroundings);
    // an instance keeps its variables: only credentials that were refused may have become others
    if (values !== undefined || !current.app.isInDoubt()) return current.app;
    const { credentials } = configOf(values, surroundings);
    const isSame = isDeepStrictEqual(credentials, current.credentials);
    return isSame ? current.app : makeApp(values, surroundings);
  }

  async function initialise(surroundings: Surroundings): Promise<void> {
    const secret = readSecret(surroundings);
    // without one there is no await, and connections are being opened before the first event is looked at
    appWith(secret && (await secret), surroundings).preconnect();
  }

  if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) {
    // the first invocation meets the same fault, and has someone to tell
    initialise({ platform: 'lambda', lookup: (name) => process.env[name] }).catch(() => {});
  }

  return {
    appFor: async (surroundings) => {
      latest = surroundings;
      const maxAgeMs = current?.app.isInDoubt() ? REREAD_AFTER_MS : undefined;
      return appWith(await readSecret(surroundings, maxAgeMs), surroundings);
    },
    logs: (requestId) => {
      if (current !== undefined) return current.app.logs(requestId);
      withoutApp ??= createLogs('INFO', runtime.write);
      return withoutApp(requestId);
    },
    write: runtime.write,
    now: runtime.now,
  };
}

/** One given app for every invocation, as tests have it. */
export function onlyApp(app: App): Apps {
  return { appFor: async () => app, logs: app.logs, write: app.runtime.write, now: app.runtime.now };
}
