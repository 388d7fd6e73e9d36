import type { TargetSettings } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import type { ProjectId } from '../core/task.ts';
import type { Credentials } from '../iam/credentials.ts';
import { createRetrier } from '../net/retry.ts';
import { createSfsTurbo, type SfsTurbo } from '../sfs-turbo/client.ts';
import { type CancelTask, createCancelTask } from '../tasks/cancel.ts';
import type { Outbound } from './outbound.ts';

/** A project, and what acts in it. Its parts know no other target's. */
export interface Target<S extends TargetSettings = TargetSettings> {
  readonly settings: S;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  /** @throws {ServiceError} `iam_rejected`, `upstream_*`, `misconfigured` when it cannot be told */
  readonly projectId: (call: Call) => Promise<ProjectId>;
  /** Opens the connections that its first call will need, and sends nothing. */
  readonly preconnect: () => void;
  readonly isInDoubt: () => boolean;
}

/** @param needsIam whether its first call asks IAM for something */
export function createTarget<S extends TargetSettings>(
  settings: S,
  credentials: Credentials,
  { transport, runtime, ...outbound }: Outbound,
  needsIam: boolean,
): Target<S> {
  // where one target fails, the others keep their budget
  const retrier = settings.name === undefined ? outbound.retrier : createRetrier(settings.maxAttempts, runtime);
  const preconnect = (): void => transport.preconnect(new URL(settings.sfsTurboUrl).origin);
  const sfsTurbo = createSfsTurbo(settings.sfsTurboUrl, { credentials, retrier, runtime, preconnect });
  return {
    settings,
    sfsTurbo,
    cancelTask: createCancelTask(settings.allowedShares, sfsTurbo.deleteTask, runtime),
    projectId: credentials.projectId,
    preconnect: () => {
      if (needsIam) transport.preconnect(new URL(settings.iamUrl).origin);
      preconnect();
    },
    isInDoubt: credentials.isInDoubt,
  };
}
