import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { REMEMBER_REFUSAL_MS } from './credentials.ts';
import { createRefusals } from './refusals.ts';
import type { TokenSource } from './token.ts';
import type { IamToken } from './token-exchange.ts';

/** Keeps count of the tokens that SFS Turbo refused, so that a fresh token is not refused over and over. */
interface TokenWatch {
  /** The failure to repeat while a fresh token was refused lately. */
  readonly refusal: () => ServiceError | undefined;
  readonly accept: () => void;
  readonly refuse: (token: IamToken) => void;
  /** Whether the latest token was refused. */
  readonly isInDoubt: () => boolean;
}

export function createTokenWatch(tokens: TokenSource, runtime: Runtime): TokenWatch {
  const refusals = createRefusals(runtime);
  let refusedInARow = 0;
  let lastRefused: IamToken | undefined;

  return {
    refusal: refusals.current,
    accept: () => {
      refusedInARow = 0;
      refusals.forget();
    },
    refuse: (token) => {
      // many calls may have used one token: its refusal counts once
      if (token === lastRefused) return;
      lastRefused = token;
      refusedInARow += 1;
      tokens.discard(token);
      // the second token in a row was a fresh one: a third would fare no better
      if (refusedInARow < 2) return;
      const message = "SFS Turbo has just refused a fresh token of the function's";
      refusals.remember(new ServiceError('iam_rejected', message), REMEMBER_REFUSAL_MS);
    },
    isInDoubt: () => refusedInARow > 0,
  };
}
