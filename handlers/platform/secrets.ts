import middy from '@middy/core';
import { type Lookup, readVariable } from '../../lib/config/variable.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';
import type { LogFactory } from '../../lib/core/log.ts';
import type { Runtime } from '../../lib/core/runtime.ts';
import { toFunction } from './chain.ts';
import type { Surroundings } from './invocation.ts';

// how late a rotated secret is noticed; a call to Secrets Manager per invocation would cost more than it is worth
const REFRESH_AFTER_MS = 300_000;

interface Secrets {
  /**
   * The members of the AWS Secrets Manager secret that `SECRETS_ID` names, which must be a JSON object of texts; nothing
   * where it names none. Read at most every five minutes, or as often as `maxAgeMs` says; while it cannot be read again,
   * the last values stay, and each try leaves a line.
   *
   * @throws {ServiceError} `misconfigured` when it has never been read, or on FunctionGraph
   */
  readonly read: (surroundings: Surroundings, maxAgeMs?: number) => Promise<Lookup | undefined>;
}

export function createSecrets(runtime: Pick<Runtime, 'now'>, logs: LogFactory): Secrets {
  let known: { readonly secretId: string; readonly values: Lookup; readonly atMs: number } | undefined;
  let reading: Promise<Lookup> | undefined;

  async function refresh(secretId: string, requestId: string): Promise<Lookup> {
    const last = known?.secretId === secretId ? known.values : undefined;
    const values = await fetchSecret(secretId).catch((error: unknown) => {
      if (last === undefined || !(error instanceof ServiceError)) throw error;
      logs(requestId).warn('config.stale', { faults: error.faults, reason: 'the values that were read last stay' });
      return last;
    });
    known = { secretId, values, atMs: runtime.now() };
    return values;
  }

  return {
    async read({ platform, lookup, requestId = '' }, maxAgeMs = REFRESH_AFTER_MS) {
      const secretId = readVariable('SECRETS_ID', lookup);
      if (secretId === undefined) return undefined;
      if (platform === 'functiongraph') {
        throw unusable('SECRETS_ID is a secret of AWS; FunctionGraph has encrypted variables');
      }
      if (known?.secretId === secretId && Math.abs(runtime.now() - known.atMs) < maxAgeMs) return known.values;
      reading ??= refresh(secretId, requestId).finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

async function fetchSecret(secretId: string): Promise<Lookup> {
  return toLookup(await fetchValue(secretId));
}

async function fetchValue(secretId: string): Promise<unknown> {
  try {
    // loaded only here: it brings the AWS SDK, which Lambda has and FunctionGraph has not
    const { default: secretsManager } = await import('@middy/secrets-manager');
    const options = {
      fetchData: { secret: secretId },
      disablePrefetch: true,
      // no cache of its own: it would renew itself by a timer, whose failure nobody would catch
      cacheExpiry: 0,
      cacheKey: secretId,
    } as const;
    // Middy ends a chain early with what a middleware returns
    const chain = middy()
      .use(secretsManager(options))
      .before(({ internal }) => internal.secret);
    return await toFunction(chain)({}, {});
  } catch (error) {
    throw unusable(`the secret of SECRETS_ID cannot be read (${describe(error)})`);
  }
}

/** Kind, host and cause of an error of the SDK or of Node; its message may hold more than is fit for a log. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  const { code, hostname, address, port }: SystemError = error;
  const host = hostname ?? (address === undefined ? undefined : `${address}:${port}`);
  return [error.name, host, code].filter((part) => typeof part === 'string').join(', ');
}

/** Node's fields of an error of a connection. */
interface SystemError extends Error {
  readonly code?: unknown;
  readonly hostname?: unknown;
  readonly address?: unknown;
  readonly port?: unknown;
}

function toLookup(value: unknown): Lookup {
  if (!isRecord(value)) throw unusable('the secret of SECRETS_ID is not a JSON object');
  return (name) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    return typeof member === 'string' ? member : undefined;
  };
}

function unusable(fault: string): ServiceError {
  return new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: [fault],
  });
}
