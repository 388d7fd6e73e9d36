import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { REMEMBER_REFUSAL_MS } from './credentials.ts';
import { createRefusals } from './refusals.ts';

/** Keeps count of the tokens that SFS Turbo refused, so that a fresh token is not refused over and over. */
export interface TokenWatch<T> {
  /** The failure to repeat while a fresh token was refused lately. */
  readonly refusal: () => ServiceError | undefined;
  readonly accept: () => void;
  readonly refuse: (token: T) => void;
  /** Whether the latest token was refused. */
  readonly isInDoubt: () => boolean;
}

/** @param discard forgets a token that was refused. @param message what is told while a fresh one was refused lately */
export function createTokenWatch<T>(discard: (token: T) => void, message: string, runtime: Runtime): TokenWatch<T> {
  const refusals = createRefusals(runtime);
  let refusedInARow = 0;
  let lastRefused: T | undefined;

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
      discard(token);
      // the second token in a row was a fresh one: a third would fare no better
      if (refusedInARow < 2) return;
      refusals.remember(new ServiceError('iam_rejected', message), REMEMBER_REFUSAL_MS);
    },
    isInDoubt: () => refusedInARow > 0,
  };
}
