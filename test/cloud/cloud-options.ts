import type { ProjectMismatch } from './gateway.ts';
import type { CloudRequest } from './requests.ts';

export interface CloudOptions {
  /** the cloud's clock: expiry, lock-outs, running tasks, rate limit, lag; latency alone is real time */
  readonly now?: () => number;
  /** `cn-north-4` */
  readonly region?: string;
  /** characters; 8900, because real tokens are that long */
  readonly tokenLength?: number;
  /** 24 h */
  readonly tokenLifetimeMs?: number;
  /** how long listings still show a deleted task: 0; the documentation speaks of a cache of 5 min */
  readonly listingLagMs?: number;
  /** of each API of SFS Turbo, for each account and region, by the cloud's clock: 200 as documented; `Infinity` is allowed */
  readonly rateLimitPerSecond?: number;
  /** `gateway` */
  readonly projectMismatch?: ProjectMismatch;
  /** Whether ListShares tells tags: `true` as documented; a recorded answer had none. */
  readonly tagsInListings?: boolean;
  /** how long a task runs that was not told: 60 s */
  readonly taskRunsForMs?: number;
  /** 0: any free one */
  readonly iamPort?: number;
  readonly sfsTurboPort?: number;
  /** after which an idle connection is closed, without a hint to the client: 60 s */
  readonly keepAliveTimeoutMs?: number;
  /** Called just before a request is carried out; what it changes is what the request meets. */
  readonly onRequest?: (request: CloudRequest) => void;
}
