import { randomBytes } from 'node:crypto';
import type { Principal } from './principals.ts';
import type { CloudProject } from './projects.ts';

/** What a token is good for; without a project it is scoped to the domain, which project-level services refuse. */
export interface Scope {
  readonly project?: CloudProject;
}

export interface IssuedToken extends Scope {
  readonly principal: Principal;
  readonly value: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}

export type TokenState = 'unknown' | 'dead' | IssuedToken;

export interface Tokens {
  /** A new token that is not valid yet: {@link Tokens.admit} makes it so. */
  prepare(principal: Principal, scope: Scope): IssuedToken;
  admit(token: IssuedToken): void;
  /** `dead` is a token that was issued and has expired or been revoked since. */
  find(value: string): TokenState;
  /** Every token is dead; with a principal, every one of that principal. */
  kill(principal?: Principal): void;
}

export function createTokens(options: {
  readonly now: () => number;
  readonly lengthChars: number;
  readonly lifetimeMs: number;
}): Tokens {
  const { now, lengthChars, lifetimeMs } = options;
  const tokens = new Map<string, IssuedToken | 'dead'>();

  return {
    prepare(principal, scope) {
      // a real token is a signed CMS message in base64, hence the beginning and the alphabet
      const value = `MIIatAYJ${randomBytes(lengthChars).toString('base64')}`.slice(0, lengthChars);
      return { ...scope, principal, value, issuedAtMs: now(), expiresAtMs: now() + lifetimeMs };
    },

    admit(token) {
      tokens.set(token.value, token);
    },

    find(value) {
      const token = tokens.get(value) ?? 'unknown';
      return typeof token === 'string' || token.expiresAtMs > now() ? token : 'dead';
    },

    kill(principal) {
      for (const [value, token] of tokens) {
        if (principal === undefined || (token !== 'dead' && token.principal.id === principal.id)) {
          tokens.set(value, 'dead');
        }
      }
    },
  };
}
