import { randomBytes } from 'node:crypto';
import { newKeyPair } from './ids.ts';
import type { Principal } from './principals.ts';
import type { Incoming } from './requests.ts';
import {
  type Authorization,
  canonicalRequestOf,
  parseAuthorization,
  parseSdkDate,
  sha256Hex,
  signatureOf,
} from './signature.ts';

/** https://support.huaweicloud.com/devg-apisign/api-sign-0001.html */
const MAX_CLOCK_SKEW_MS = 15 * 60_000;
/** The page locks an access key on "more than 5" consecutive failures: the sixth attempt is refused unseen. */
const MAX_FAILURES = 5;
const LOCK_MS = 5 * 60_000;
const TEMPORARY_LIFETIME_MS = 24 * 3_600_000;

export interface TemporaryCredentials {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken: string;
}

interface KeyState {
  readonly principal: Principal;
  readonly session: string;
  readonly secretKey: string;
  readonly securityToken?: string;
  readonly expiresAtMs: number;
  failures: number;
  lockedUntilMs: number;
}

/** Why the signature of a request does not hold, in the gateway's words, or whose it is. */
export type Judgement = { readonly refusal: string } | Signer;

export interface Signer {
  readonly principal: Principal;
  readonly isTemporary: boolean;
  /** the name under which an agency was assumed */
  readonly session: string;
}

export interface AccessKeys {
  addPermanent(principal: Principal, key: { readonly accessKey: string; readonly secretKey: string }): void;
  /** Keys that are not valid yet: `admit` makes them so. @param lifetimeMs 24 h unless told, as on FunctionGraph */
  prepareTemporary(
    principal: Principal,
    lifetimeMs?: number,
    session?: string,
  ): TemporaryCredentials & { readonly admit: () => void };
  judge(request: Incoming): Judgement;
  remove(accessKey: string): void;
  /** Removes every key of a principal. */
  removeOf(principalId: string): void;
  unlock(): void;
}

export function createAccessKeys(now: () => number): AccessKeys {
  const states = new Map<string, KeyState>();
  const add = (accessKey: string, key: Omit<KeyState, 'failures' | 'lockedUntilMs'>) =>
    states.set(accessKey, { ...key, failures: 0, lockedUntilMs: Number.NEGATIVE_INFINITY });

  function refusalOf(request: Incoming, authorization: Authorization, key: KeyState): string | undefined {
    const { headers } = request.record;
    const sdkDate = headers['x-sdk-date'];
    const contentHash = headers['x-sdk-content-sha256'];
    const bodyHash = sha256Hex(request.bytes);

    const unsigned = ['host', 'x-sdk-date'].find((name) => !authorization.signedHeaders.includes(name));
    if (unsigned !== undefined) return `header ${unsigned} is not signed`;
    const absent = authorization.signedHeaders.find((name) => headers[name] === undefined);
    if (absent !== undefined) return `signed header ${absent} not found`;
    // the wording of this refusal is not documented, the limit is
    if (typeof sdkDate !== 'string' || !(Math.abs(parseSdkDate(sdkDate) - now()) <= MAX_CLOCK_SKEW_MS)) {
      return 'x-sdk-date expired or invalid';
    }
    if (headers['x-security-token'] !== key.securityToken) return 'security token invalid';
    if (key.expiresAtMs <= now()) return 'security token expired';
    // UNSIGNED-PAYLOAD is for bodies that are not JSON, and no API here takes such a body
    if (contentHash !== undefined && contentHash !== bodyHash) return 'x-sdk-content-sha256 does not match the body';

    const canonicalRequest = canonicalRequestOf({
      ...request.record,
      rawQuery: request.rawQuery,
      signedHeaders: authorization.signedHeaders,
      bodyHash,
    });
    if (signatureOf(canonicalRequest, sdkDate, key.secretKey) === authorization.signature) return undefined;
    // the gateway shows what it has signed itself, with bars for line ends:
    // https://github.com/huaweicloud/huaweicloud-sdk-nodejs-v3/issues/2
    return `verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll('\n', '|')}`;
  }

  return {
    addPermanent(principal, { accessKey, secretKey }) {
      add(accessKey, { principal, session: '', secretKey, expiresAtMs: Number.POSITIVE_INFINITY });
    },

    prepareTemporary(principal, lifetimeMs = TEMPORARY_LIFETIME_MS, session = 'session') {
      const { accessKey, secretKey } = newKeyPair();
      const securityToken = randomBytes(384).toString('base64');
      const key = { principal, session, secretKey, securityToken, expiresAtMs: now() + lifetimeMs };
      return { accessKey, secretKey, securityToken, admit: () => add(accessKey, key) };
    },

    judge(request) {
      const authorization = parseAuthorization(request.record.headers.authorization ?? '');
      if (authorization === undefined) return { refusal: 'authorization header has a wrong format' };
      const key = states.get(authorization.accessKey);
      if (key === undefined) return { refusal: `ak ${authorization.accessKey} not exist` };
      if (key.lockedUntilMs > now()) return { refusal: 'AK access failed to reach the limit,forbidden' };

      const refusal = refusalOf(request, authorization, key);
      key.failures = refusal === undefined ? 0 : key.failures + 1;
      if (key.failures >= MAX_FAILURES) {
        key.failures = 0;
        key.lockedUntilMs = now() + LOCK_MS;
      }
      if (refusal !== undefined) return { refusal };
      return { principal: key.principal, session: key.session, isTemporary: key.securityToken !== undefined };
    },

    remove(accessKey) {
      states.delete(accessKey);
    },

    removeOf(principalId) {
      for (const [accessKey, { principal }] of states) if (principal.id === principalId) states.delete(accessKey);
    },

    unlock() {
      for (const key of states.values()) {
        key.failures = 0;
        key.lockedUntilMs = Number.NEGATIVE_INFINITY;
      }
    },
  };
}
