import { type App, createApp } from '../../lib/app.ts';
import { type ConfigParts, readConfig } from '../../lib/config.ts';
import { createLogs, type LogFactory } from '../../lib/log.ts';
import { realWorld, type World } from '../../lib/world.ts';
import type { Invocation } from './platform.ts';

/** Where a handler gets its app from. */
export interface Apps {
  /** @throws {ServiceError} `misconfigured` */
  readonly appFor: (invocation: Invocation) => App;
  /** For the lines that must be written without an app. */
  readonly logs: LogFactory;
  /** For lines that are no log lines. */
  readonly write: World['write'];
}

/**
 * The app of this instance, made from the variables of its first invocation: on FunctionGraph they are not there before.
 * On Lambda they are, so the token that the first call needs is fetched while the function initialises.
 *
 * @param parts what the function needs of the configuration beyond what all functions need
 */
export function createApps(world: World = realWorld, parts: ConfigParts = {}): Apps {
  let app: App | undefined;

  const appWith = (lookup: Invocation['lookup']): App => {
    app ??= createApp(readConfig(lookup, parts), world);
    return app;
  };

  if (process.env['AWS_LAMBDA_FUNCTION_NAME'] !== undefined) {
    try {
      appWith((name) => process.env[name]).prefetch();
    } catch {
      // the first invocation meets the same fault, and has someone to tell
    }
  }

  return {
    appFor: ({ lookup }) => appWith(lookup),
    logs: createLogs('INFO', world.write),
    write: world.write,
  };
}

/** One given app for every invocation, as tests have it. */
export function onlyApp(app: App): Apps {
  return { appFor: () => app, logs: app.logs, write: app.world.write };
}
