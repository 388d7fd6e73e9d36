import type { ServiceError } from '../core/errors.ts';
import { type Runtime, startSpan } from '../core/runtime.ts';

/** Remembers that something was refused, so that it is not tried again for a while. */
interface Refusals {
  readonly remember: (failure: ServiceError, forMs: number) => void;
  /** The failure to repeat to whoever asks; nothing once its time is over. */
  readonly current: () => ServiceError | undefined;
  readonly forget: () => void;
}

export function createRefusals(runtime: Runtime): Refusals {
  let refusal: { readonly failure: ServiceError; readonly lasts: () => boolean } | undefined;

  return {
    remember: (failure, forMs) => {
      refusal = { failure, lasts: startSpan(runtime, forMs) };
    },
    current: () => (refusal?.lasts() ? refusal.failure : undefined),
    forget: () => {
      refusal = undefined;
    },
  };
}
