import { ServiceError } from '../core/errors.ts';
import { isAllowed, type ShareId } from '../core/task.ts';
import { listShares } from '../sfs-turbo/listing.ts';
import type { ShareRecord } from '../sfs-turbo/records.ts';
import { logShareFailure } from './failures.ts';
import type { Run } from './run.ts';

/** The shares to sweep: those that are named, or with `*` every allowed share of the project. */
export async function findShares(run: Run): Promise<readonly ShareId[]> {
  const { settings, sfsTurbo, listingCall, progress } = run;
  if (settings.shares !== '*') {
    progress.add({ shares: settings.shares.size });
    return [...settings.shares];
  }
  try {
    return chooseAllowed(await listShares(sfsTurbo, listingCall), run);
  } catch (error) {
    progress.add(logShareFailure(error, undefined, listingCall, run.observer));
    return [];
  }
}

function chooseAllowed(found: readonly ShareRecord[], run: Run): readonly ShareId[] {
  const { config, listingCall, progress, observer } = run;
  const { allowedShares } = config;
  const fail = (failure: ServiceError): void =>
    progress.add(logShareFailure(failure, undefined, listingCall, observer));
  const shareIds = found.map(({ shareId }) => shareId).filter((shareId) => shareId !== undefined);
  const allowed = shareIds.filter((shareId) => isAllowed(shareId, allowedShares));
  warnOfUnknownShares(new Set(shareIds), run);
  const oddCount = found.length - shareIds.length;
  progress.add({ shares: allowed.length });
  if (allowedShares === '*') {
    // every share is to be swept, and a share with an odd id cannot be
    for (let odd = 0; odd < oddCount; odd += 1) fail(new ServiceError('upstream_invalid', 'a share has an odd id'));
    progress.add({ shares: oddCount });
  } else if (allowed.length === 0) {
    // the variable has at least one share, so it is tags that chose none
    const wanted = allowedShares.size === 0 ? 'no share with the tags' : 'none of ALLOWED_SHARES';
    fail(new ServiceError('misconfigured', `the project has ${wanted}`));
  }
  return allowed;
}

/** A rule for a share that does not exist may be one that was meant to protect another. */
function warnOfUnknownShares(found: ReadonlySet<ShareId>, { settings, log }: Run): void {
  const named = settings.rules.flatMap(({ shares }) => (shares === '*' ? [] : [...shares]));
  for (const shareId of new Set(named)) {
    if (found.has(shareId)) continue;
    log.warn('sweep.share', { share_id: shareId, reason: 'SWEEP_RULES names a share that the project does not have' });
  }
}
