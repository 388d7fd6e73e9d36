import type { TargetSettings } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { type AllowedShares, isAllowed, type ProjectId } from '../core/task.ts';
import type { Credentials } from '../iam/credentials.ts';
import { createRetrier } from '../net/retry.ts';
import { createSfsTurbo, type SfsTurbo } from '../sfs-turbo/client.ts';
import { createListTaggedShares } from '../sfs-turbo/tagged-shares.ts';
import { type CancelTask, createCancelTask } from '../tasks/cancel.ts';
import { createFindAllowed } from './allowed-shares.ts';
import type { Outbound } from './outbound.ts';

/** A project, and what acts in it. Its parts know no other target's. */
export interface Target<S extends TargetSettings = TargetSettings> {
  readonly settings: S;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  /**
   * The target with the shares that may be touched now: where tags choose them, the service is asked for them, at most once a
   * minute. Whoever acts in a target takes it from here. The tasks of a share that loses the tags meanwhile are no longer listed.
   *
   * @throws {ServiceError} by the table in `status.ts` when they cannot be told
   */
  readonly withShares: (call: Call) => Promise<Target<S>>;
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
  const dependencies = { credentials, retrier, runtime, preconnect };
  const sfsTurbo = createSfsTurbo(settings.sfsTurboUrl, dependencies);
  const listTagged = createListTaggedShares(settings.sfsTurboUrl, dependencies);
  const findAllowed = createFindAllowed(settings, sfsTurbo, listTagged, runtime);
  // a run may last longer than it is known which shares have the tags, and each DELETE of it rests on a young list
  const listTaskPage: SfsTurbo['listTaskPage'] = async (shareId, marker, call) => {
    if (isAllowed(shareId, await findAllowed(call))) return sfsTurbo.listTaskPage(shareId, marker, call);
    throw new ServiceError('forbidden', 'the share no longer has the tags of its target');
  };
  const cancelTaskIn = (allowed: AllowedShares) => createCancelTask(allowed, sfsTurbo.deleteTask, runtime);

  const target: Target<S> = {
    settings,
    sfsTurbo,
    cancelTask: cancelTaskIn(settings.allowedShares),
    withShares: async (call) => {
      const allowedShares = await findAllowed(call);
      if (allowedShares === settings.allowedShares) return target;
      return {
        ...target,
        sfsTurbo: { ...sfsTurbo, listTaskPage },
        settings: { ...settings, allowedShares },
        cancelTask: cancelTaskIn(allowedShares),
      };
    },
    projectId: credentials.projectId,
    preconnect: () => {
      if (needsIam) transport.preconnect(new URL(settings.iamUrl).origin);
      preconnect();
    },
    isInDoubt: credentials.isInDoubt,
  };
  return target;
}
