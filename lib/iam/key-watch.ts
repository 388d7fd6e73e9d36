import type { AccessKey } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { REMEMBER_REFUSAL_MS } from './credentials.ts';
import { createRefusals } from './refusals.ts';

// More than five bad signatures in a row lock an access key for five minutes, for everybody who has it. One a minute would
// still come to that, so the third in a row is the last for as long as a lock takes.
const MAX_REFUSALS_IN_A_ROW = 3;
const LOCK_MS = 5 * 60_000;

/** Keeps count of the refusals of an access key, so that it is not locked. */
interface KeyWatch {
  /** The failure to repeat while this key was refused lately. */
  readonly refusal: (key: AccessKey) => ServiceError | undefined;
  readonly accept: (key: AccessKey) => void;
  readonly refuse: (key: AccessKey) => void;
  /** Whether a key was refused and has not been accepted since. */
  readonly isInDoubt: () => boolean;
}

export function createKeyWatch(runtime: Runtime): KeyWatch {
  const refusals = createRefusals(runtime);
  let refused: { readonly accessKey: string; readonly inARow: number } | undefined;

  return {
    refusal: ({ accessKey }) => (refused?.accessKey === accessKey ? refusals.current() : undefined),
    accept: ({ accessKey }) => {
      if (refused?.accessKey !== accessKey) return;
      refused = undefined;
      refusals.forget();
    },
    refuse: ({ accessKey }) => {
      const known = refused?.accessKey === accessKey ? refused : undefined;
      // several calls may be told of one refusal
      if (known !== undefined && refusals.current() !== undefined) return;
      const inARow = (known?.inARow ?? 0) + 1;
      refused = { accessKey, inARow };
      refusals.remember(
        new ServiceError('iam_rejected', "the function's access key has just been refused"),
        inARow < MAX_REFUSALS_IN_A_ROW ? REMEMBER_REFUSAL_MS : LOCK_MS,
      );
    },
    isInDoubt: () => refused !== undefined,
  };
}
