import pMap from 'p-map';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import type { ShareId } from '../core/task.ts';
import { listTasks, type Unsupported } from '../sfs-turbo/listing.ts';
import { type Candidate, chooseOldest } from './choose-oldest.ts';
import type { CountsChange } from './counts.ts';
import { areCredentialsRefused, logShareFailure } from './failures.ts';
import { judgeList } from './judge-list.ts';
import type { Run } from './run.ts';
import { overCapReport } from './task-report.ts';

/** What the listing phase found. */
export interface Judged {
  /** The tasks to delete: the oldest that are due, as many as the cap allows, oldest first. */
  readonly chosen: readonly Candidate[];
  /** When each share's list was read; milliseconds since the epoch. */
  readonly readAtMs: ReadonlyMap<ShareId, number>;
  readonly credentialsRefused: boolean;
}

/** Lists and judges each share. Keeps only the tasks that still fit under the cap, so that memory stays bounded. */
export async function judgeShares(shareIds: readonly ShareId[], run: Run): Promise<Judged> {
  const { settings, runtime, progress, reportTask } = run;
  const readAtMs = new Map<ShareId, number>();
  let chosen: readonly Candidate[] = [];
  let credentialsRefused = false;

  async function judgeNext(shareId: ShareId): Promise<void> {
    if (credentialsRefused) {
      progress.add({ failed_shares: 1 });
      return;
    }
    const judged = await listAndJudge(shareId, run);
    progress.add(judged.counts);
    credentialsRefused ||= judged.credentialsRefused;
    if (judged.readAtMs !== undefined) readAtMs.set(shareId, judged.readAtMs);
    const divided = chooseOldest([...chosen, ...judged.due], settings.maxDeletes);
    chosen = divided.chosen;
    for (const candidate of divided.overCap) reportTask(overCapReport(candidate, runtime.now()));
  }

  // a random start, so that runs that run out of time do not always leave out the same shares
  await pMap(rotated(shareIds, runtime.random), judgeNext, { concurrency: settings.concurrency });
  progress.add(failIfNoneSupported(run));
  return { chosen, readAtMs, credentialsRefused };
}

interface JudgedShare {
  readonly counts: CountsChange;
  readonly due: readonly Candidate[];
  /** Absent where the list was not read whole. */
  readonly readAtMs?: number;
  readonly credentialsRefused: boolean;
}

async function listAndJudge(shareId: ShareId, run: Run): Promise<JudgedShare> {
  const { settings, sfsTurbo, runtime, listingCall, progress, reportTask } = run;
  try {
    const tasks = await listTasks(sfsTurbo, shareId, listingCall, progress.log);
    if ('refusal' in tasks)
      return { counts: countUnsupported(shareId, tasks, run), due: [], credentialsRefused: false };
    const readAtMs = runtime.now();
    const { due, staying, counts } = judgeList(shareId, tasks, settings, readAtMs);
    for (const report of staying) reportTask(report);
    return { counts, due, readAtMs, credentialsRefused: false };
  } catch (error) {
    const counts = logShareFailure(error, shareId, listingCall);
    return { counts, due: [], credentialsRefused: areCredentialsRefused(error) };
  }
}

/** A share that was named must support tasks. The shares that `*` finds may be of a type without them. */
function countUnsupported(
  shareId: ShareId,
  { refusal }: Unsupported,
  { settings, log, listingCall }: Run,
): CountsChange {
  const { upstream } = refusal;
  if (settings.shares !== '*') {
    const message = 'the share was named, and does not support these tasks';
    return logShareFailure(new ServiceError('upstream_bad_request', message, { upstream }), shareId, listingCall);
  }
  log.info('sweep.share', {
    share_id: shareId,
    outcome: 'unsupported',
    err_code: upstream?.errCode,
    upstream_status: upstream?.status,
  });
  return { unsupported_shares: 1 };
}

/** A run in which no share supports tasks has read nothing, so it must end as a failed one. */
function failIfNoneSupported({ progress, log }: Run): CountsChange {
  const { shares, unsupported_shares: unsupported } = progress.counts();
  if (unsupported === 0 || unsupported < shares) return {};
  log.error('sweep.share', { outcome: 'failed', reason: 'not one share supports these tasks', shares });
  return { failed_shares: unsupported, unsupported_shares: -unsupported };
}

function rotated<T>(members: readonly T[], random: Runtime['random']): readonly T[] {
  const first = Math.floor(random() * members.length);
  return [...members.slice(first), ...members.slice(0, first)];
}
