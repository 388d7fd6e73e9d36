import type { Runtime } from '../core/runtime.ts';
import type { Credentials } from '../iam/credentials.ts';
import type { Retrier } from '../net/retry.ts';

/** What the calls to SFS Turbo are made with. */
export interface Dependencies {
  readonly credentials: Credentials;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
  /** Opens the connection of the next request, which may still have to wait for what lets it in. */
  readonly preconnect: () => void;
}
