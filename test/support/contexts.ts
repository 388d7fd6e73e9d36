import { createRequire } from 'node:module';

/** Lambda's context, as far as anybody reads it. */
export function lambdaContext(remainingMs = 25_000, requestId = 'request-1'): object {
  const endsAtMs = performance.now() + remainingMs;
  return { awsRequestId: requestId, getRemainingTimeInMillis: () => endsAtMs - performance.now() };
}

/** What the context calls the function. */
export const FUNCTION_NAME = 'sfs-turbo-du-cleaner-dev-http';

export interface FunctionGraphOptions {
  readonly userData?: Readonly<Record<string, string>>;
  readonly remainingMs?: number;
  readonly requestId?: string;
  readonly projectId?: string;
  /** Of the agency; empty without one, as documented. */
  readonly securityAccessKey?: string;
  readonly securitySecretKey?: string;
  readonly securityToken?: string;
}

/** FunctionGraph's context with exactly the documented methods, as the runner of the bundles has it. */
export const FunctionGraphContext = createRequire(import.meta.url)('../bundles/run.cjs').FunctionGraphContext as new (
  options?: FunctionGraphOptions,
) => object;
