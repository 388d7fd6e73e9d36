import middy from '@middy/core';
import type { Lookup } from '../../lib/config/variable.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';
import type { Runtime } from '../../lib/core/runtime.ts';
import { toFunction } from './chain.ts';

// how late a rotated secret is noticed; a call to Secrets Manager per invocation would cost more than it is worth
const REFRESH_AFTER_MS = 300_000;

export interface Secrets {
  /**
   * The members of an AWS Secrets Manager secret, which must be a JSON object of texts. Read at most every five minutes,
   * or as often as `maxAgeMs` says; while it cannot be read again, the last values stay.
   *
   * @throws {ServiceError} `misconfigured` when it has never been read
   */
  readonly read: (secretId: string, maxAgeMs?: number) => Promise<Lookup>;
}

export function createSecrets(runtime: Pick<Runtime, 'now'>): Secrets {
  let known:
    | { readonly secretId: string; readonly text: string; readonly values: Lookup; readonly atMs: number }
    | undefined;
  let reading: Promise<Lookup> | undefined;

  async function refresh(secretId: string): Promise<Lookup> {
    try {
      const secret = await fetchSecret(secretId);
      const text = JSON.stringify(secret);
      // the same values stay the same object: who holds them need not start anew
      const values = known?.secretId === secretId && known.text === text ? known.values : toLookup(secret);
      known = { secretId, text, values, atMs: runtime.now() };
      return values;
    } catch (error) {
      if (known?.secretId !== secretId) throw error;
      known = { ...known, atMs: runtime.now() };
      return known.values;
    }
  }

  return {
    async read(secretId, maxAgeMs = REFRESH_AFTER_MS) {
      if (known?.secretId === secretId && Math.abs(runtime.now() - known.atMs) < maxAgeMs) return known.values;
      reading ??= refresh(secretId).finally(() => {
        reading = undefined;
      });
      return reading;
    },
  };
}

async function fetchSecret(secretId: string): Promise<unknown> {
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
    throw unreadable(`cannot be read (${error instanceof Error ? error.name : 'unknown error'})`);
  }
}

function toLookup(value: unknown): Lookup {
  if (!isRecord(value)) throw unreadable('is not a JSON object');
  return (name) => {
    const member = Object.hasOwn(value, name) ? value[name] : undefined;
    return typeof member === 'string' ? member : undefined;
  };
}

function unreadable(problem: string): ServiceError {
  return new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: [`the secret of SECRETS_ID ${problem}`],
  });
}
