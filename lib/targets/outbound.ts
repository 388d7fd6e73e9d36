import type { Runtime } from '../core/runtime.ts';
import type { Retrier } from '../net/retry.ts';
import type { Transport } from '../net/transport.ts';

/** What sends the requests of an app. */
export interface Outbound {
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}
