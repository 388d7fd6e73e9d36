import type { TimerConfig } from '../config/read-config.ts';
import type { SweepSettings } from '../config/sweep.ts';
import type { Call, Permits } from '../core/call.ts';
import { isOutOfTime, ServiceError, toServiceError } from '../core/errors.ts';
import { toPrintable } from '../core/json.ts';
import { describeBug } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import { FEATURES, isAllowed, type ShareId } from '../core/task.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import { listShares, listTasks, type Unsupported } from '../sfs-turbo/listing.ts';
import type { TaskRecord } from '../sfs-turbo/records.ts';
import type { CancelTask } from '../tasks/cancel.ts';
import { createDeleteDue, type DeleteDue } from './delete-due.ts';
import type { NotDue } from './ending.ts';
import { createFreshLists } from './fresh-lists.ts';
import { createLookAgain } from './look-again.ts';
import { narrow, type SweepOverrides } from './overrides.ts';
import { type SweepApp, startRun } from './run.ts';
import { logSummary, type SweepSummary, summarise } from './summary.ts';
import { deleteReport, type ReportTask } from './task-report.ts';

/** For callers who need more than the summary. Neither function may throw. */
interface SweepObserver {
  /** Called once for each listed task. The tasks to be deleted come last, oldest first. */
  readonly onTask?: ReportTask;
  /** Called before the last log line. */
  readonly onDone?: (summary: SweepSummary) => void;
}

/**
 * Lists every share, judges its tasks, and deletes the oldest that are due.
 *
 * Failures of shares and tasks are counted, not thrown.
 *
 * @throws {ServiceError} `invalid_input` when the order names a share that is not swept
 */
export type Sweep = (overrides: SweepOverrides, call: Call, observer?: SweepObserver) => Promise<SweepSummary>;

/** A function's app has all of it, where its sweep is configured. */
interface Dependencies {
  readonly config: TimerConfig;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  readonly runtime: Runtime;
}

const shareIds = await findShares(run);
const judged = await judgeShares(shareIds, run);
for (const candidate of judged.chosen) run.reportTask(deleteReport(candidate, app.runtime.now()));
if (!settings.dryRun) await deleteChosen(judged, run);

export function createSweep(dependencies: Dependencies): Sweep {
  const { config } = dependencies;
  return async (order, call, observer = {}) => {
    const settings = narrow(config.sweep, order, config.allowedShares);
    return runSweep(settings, dependencies, call, observer);
  };
}

type Counts = {
  -readonly [K in keyof Omit<SweepSummary, 'event' | 'dry_run' | 'remaining' | 'duration_ms'>]: SweepSummary[K];
};

async function runSweep(
  settings: SweepSettings,
  { config, sfsTurbo, cancelTask, runtime }: Dependencies,
  call: Call,
  observer: SweepObserver,
): Promise<SweepSummary> {
  const { allowedShares } = config;
  const startedAtMs = runtime.now();
  const drainMs = settings.dryRun ? Math.min(DRAIN_MS, (call.deadlineAtMs - startedAtMs) * DRY_DRAIN_PART) : DRAIN_MS;
  const closesAtMs = call.deadlineAtMs - drainMs;
  const listingMs = (closesAtMs - startedAtMs) * (settings.dryRun ? 1 : LISTING_PART);
  const rateLimiter = createRateLimiter(settings, runtime);
  const listing: Call & { permits: Permits } = { ...call, permits: rateLimiter.until(startedAtMs + listingMs) };
  const closing: Call & { permits: Permits } = { ...call, permits: rateLimiter.until(closesAtMs) };
  const readAtMs = new Map<ShareId, number>();

  const selection = createSelection(settings.maxDeletes);
  const counts: Counts = {
    shares: 0,
    listed: 0,
    due: 0,
    deleted: 0,
    already_gone: 0,
    failed: 0,
    skipped_invalid: 0,
    kept_latest: 0,
    unsupported_shares: 0,
    failed_shares: 0,
    truncated: false,
    oldest_due_age_s: 0,
  };
  let deletes = 0;
  let credentialsRefused = false;
  let progressAtMs = startedAtMs;

  function progress(): void {
    const nowMs = runtime.now();
    if (nowMs - progressAtMs < PROGRESS_EVERY_MS) return;
    progressAtMs = nowMs;
    call.log.info('sweep.progress', { dry_run: settings.dryRun, ...counts, duration_ms: nowMs - startedAtMs });
  }

  function report(task: TaskReport): void {
    observer.onTask?.(task);
    // the dry run's lines are its result; those of a real run repeat what the audit lines say of its DELETEs
    if (settings.dryRun) call.log.record('info', 'sweep.task', toTaskLine(task));
    else if (call.log.isDebug) call.log.debug('sweep.task', toTaskLine(task));
  }

  /** Whether the failure is only that time ran out. */
  function isCut(error: unknown, { permits }: { readonly permits: Permits }): boolean {
    if (isOutOfTime(error)) return true;
    const code = error instanceof ServiceError ? error.code : undefined;
    return (code === 'upstream_timeout' || code === 'upstream_throttled') && !permits.isOpen();
  }

  function shareFailed(error: unknown, shareId: ShareId | undefined, reading = listing): void {
    if (isCut(error, reading)) {
      counts.truncated = true;
      call.log.debug('sweep.share', { share_id: shareId, outcome: 'cut' });
      return;
    }
    const { code, message, upstream, cause } = toServiceError(error);
    counts.failed_shares += 1;
    credentialsRefused ||= code === 'iam_rejected';
    if (code === 'internal') call.log.error('bug', { share_id: shareId, bug: describeBug(cause) });
    call.log.error('sweep.share', {
      share_id: shareId,
      outcome: 'failed',
      reason: message,
      err_code: upstream?.errCode,
      upstream_status: upstream?.status,
      upstream_request_id: upstream?.requestId,
    });
  }

  async function findShares(): Promise<readonly ShareId[]> {
    if (settings.shares !== '*') return [...settings.shares];
    try {
      const found = await listShares(sfsTurbo, listing);
      // one that cannot be named in a URL may be one that is to be swept
      const odd = allowedShares === '*' ? found.filter(({ shareId }) => shareId === undefined) : [];
      for (const _ of odd) shareFailed(new ServiceError('upstream_invalid', 'a share has an odd id'), undefined);
      counts.shares += odd.length;
      const allowed = found
        .map(({ shareId }) => shareId)
        .filter((shareId) => shareId !== undefined)
        .filter((shareId) => isAllowed(shareId, allowedShares));
      if (allowedShares !== '*' && allowed.length === 0) {
        shareFailed(new ServiceError('misconfigured', 'the project has none of ALLOWED_SHARES'), undefined);
      }
      return allowed;
    } catch (error) {
      shareFailed(error, undefined);
      return [];
    }
  }

  async function judge(shareId: ShareId): Promise<void> {
    if (credentialsRefused) {
      counts.failed_shares += 1;
      return;
    }
    try {
      const tasks = await listTasks(sfsTurbo, shareId, listing, progress);
      if ('refusal' in tasks) passOver(shareId, tasks);
      else take(shareId, tasks);
    } catch (error) {
      shareFailed(error, shareId);
    }
  }

  /** A share that was named must support tasks. Of the shares that `*` finds, some may be of a type without them. */
  function passOver(shareId: ShareId, { refusal: { upstream } }: Unsupported): void {
    if (settings.shares !== '*') {
      const message = 'the share was named, and does not support these tasks';
      shareFailed(new ServiceError('upstream_bad_request', message, { upstream }), shareId);
      return;
    }
    counts.unsupported_shares += 1;
    call.log.info('sweep.share', {
      share_id: shareId,
      outcome: 'unsupported',
      err_code: upstream?.errCode,
      upstream_status: upstream?.status,
    });
  }

  /** A run that found no share with tasks has read nothing, so it must not pass for a good one. */
  function failBlindRun(): void {
    if (counts.unsupported_shares === 0 || counts.unsupported_shares < counts.shares) return;
    const reason = 'not one share supports these tasks';
    counts.failed_shares += counts.unsupported_shares;
    counts.unsupported_shares = 0;
    call.log.error('sweep.share', { outcome: 'failed', reason, shares: counts.shares });
  }

  function take(shareId: ShareId, tasks: readonly TaskRecord[]): void {
    const nowMs = runtime.now();
    const verdicts = judgeShare(tasks, settings, nowMs);
    readAtMs.set(shareId, nowMs);
    counts.listed += tasks.length;
    for (const [index, task] of tasks.entries()) {
      const verdict = verdicts[index];
      switch (verdict?.type) {
        case 'due':
          counts.due += 1;
          counts.oldest_due_age_s = Math.max(counts.oldest_due_age_s, Math.floor((nowMs - verdict.sinceMs) / 1_000));
          offer({ shareId, task, sinceMs: verdict.sinceMs });
          break;
        case 'keep':
          if (verdict.reason === 'newest_of_path') counts.kept_latest += 1;
          report({ shareId, task, ageMs: nowMs - verdict.sinceMs, verdict: 'keep', reason: verdict.reason });
          break;
        case 'skip':
          counts.skipped_invalid += 1;
          report({ shareId, task, ageMs: undefined, verdict: 'skip', reason: verdict.doubt });
          break;
        default:
          verdict satisfies undefined;
      }
    }
  }

  function offer(candidate: Candidate): void {
    const left = selection.offer(candidate);
    if (left === undefined) return;
    report({ ...left, ageMs: runtime.now() - left.sinceMs, verdict: 'keep', reason: 'over_cap' });
  }

  /** The list of a share whose first one is too old to delete by. */
  async function readAgain(shareId: ShareId): Promise<readonly TaskRecord[] | undefined> {
    if (credentialsRefused) return undefined;
    try {
      const tasks = await listTasks(sfsTurbo, shareId, closing, progress);
      if (!('refusal' in tasks)) return tasks;
      throw new ServiceError('upstream_invalid', 'the share supported tasks before, and does so no more');
    } catch (error) {
      shareFailed(error, shareId, closing);
      return undefined;
    }
  }

  /** The only way to a DELETE. Everything that forbids one is asked again here, whoever comes with a candidate. */
  async function remove(candidate: Candidate, deleteDue: DeleteDue): Promise<void> {
    const { shareId, task } = candidate;
    const { taskId } = task;
    if (settings.dryRun || credentialsRefused || deletes >= settings.maxDeletes || taskId === undefined) return;
    if (!isAllowed(shareId, settings.shares) || !isAllowed(shareId, allowedShares)) return;
    deletes += 1;
    const ending = await deleteDue(candidate, { shareId, taskId, feature: FEATURES[0] });
    switch (ending.type) {
      case 'deleted':
        counts.deleted += 1;
        break;
      case 'already_gone':
        counts.already_gone += 1;
        break;
      case 'gone':
        counts.already_gone += 1;
        // there is no audit line, as there was no DELETE
        call.log.info('sweep.task', toTaskLine({ ...candidate, ageMs: undefined, verdict: 'skip', reason: 'gone' }));
        break;
      case 'not_due':
        withdraw(shareId, ending);
        break;
      case 'unshown':
        showFailed(candidate, ending.error);
        break;
      case 'failed':
        deleteFailed(ending.error);
        break;
      case 'cut':
        counts.truncated = true;
        break;
      case 'unread':
        break;
      default:
        ending satisfies never;
    }
    progress();
  }

  /** A task that was due by the first list of its share, and is not by a later one. */
  function withdraw(shareId: ShareId, { task, verdict }: NotDue): void {
    const reason = verdict.type === 'keep' ? verdict.reason : verdict.doubt;
    const ageMs = verdict.type === 'keep' ? runtime.now() - verdict.sinceMs : undefined;
    counts.due -= 1;
    if (verdict.type === 'skip') counts.skipped_invalid += 1;
    else if (reason === 'newest_of_path') counts.kept_latest += 1;
    call.log.info('sweep.task', toTaskLine({ shareId, task, ageMs, verdict: verdict.type, reason }));
  }

  /** There is no audit line of a DELETE that was not sent. */
  function showFailed({ shareId, task }: Candidate, error: unknown): void {
    const { message, upstream } = toServiceError(error);
    call.log.error('sweep.task', {
      share_id: shareId,
      task_id: task.taskId,
      outcome: 'failed',
      reason: message,
      err_code: upstream?.errCode,
      upstream_status: upstream?.status,
      upstream_request_id: upstream?.requestId,
    });
    deleteFailed(error);
  }

  function deleteFailed(error: unknown): void {
    const code = error instanceof ServiceError ? error.code : undefined;
    counts.failed += 1;
    credentialsRefused ||= code === 'iam_rejected';
    if (code === undefined) call.log.error('bug', { bug: describeBug(error) });
  }

  async function removeAll(candidates: readonly Candidate[]): Promise<void> {
    const { maxAttempts, requestTimeoutMs } = config;
    const lists = createFreshLists(candidates, { readAtMs, read: readAgain, settings, requestTimeoutMs, runtime });
    const lookAgain = createLookAgain({ sfsTurbo, settings, call: closing, runtime });
    const deleteDue = createDeleteDue({ lists, lookAgain, cancelTask, rateLimiter, call, closesAtMs, maxAttempts });
    // no more at once than may be sent in a second, so that none waits long between its last check and its DELETE
    const workers = Math.min(settings.concurrency, settings.ratePerSecond);
    await forEach(candidates, workers, (candidate) => remove(candidate, deleteDue));
  }

  const shares = await findShares();
  counts.shares += shares.length;
  // a run that comes to its end must not leave out the same shares each time
  await forEach(rotated(shares, runtime.random), settings.concurrency, judge);
  failBlindRun();
  const candidates = selection.oldestFirst();
  if (settings.dryRun || observer.onTask !== undefined || call.log.isDebug) {
    for (const candidate of candidates) {
      report({ ...candidate, ageMs: runtime.now() - candidate.sinceMs, verdict: 'delete', reason: 'due' });
    }
  }
  if (!settings.dryRun) await removeAll(candidates);

  const summary: SweepSummary = {
    event: 'sweep.done',
    dry_run: settings.dryRun,
    ...counts,
    remaining: counts.due - counts.deleted - counts.already_gone - counts.failed,
    duration_ms: runtime.now() - startedAtMs,
  };
  observer.onDone?.(summary);
  const { event, ...fields } = summary;
  call.log.record(isFailed(summary) ? 'error' : 'info', event, fields);
  return summary;
}

/** Whether something went wrong that was not for want of time. */
export function isFailed({ failed, failed_shares: failedShares }: SweepSummary): boolean {
  return failed > 0 || failedShares > 0;
}

/** Calls `work` for each member in order, so many at a time. */
async function forEach<T>(
  members: readonly T[],
  concurrency: number,
  work: (member: T) => Promise<void>,
): Promise<void> {
  const queue = members.values();
  const worker = async (): Promise<void> => {
    for (const member of queue) await work(member);
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

function rotated<T>(members: readonly T[], random: Runtime['random']): readonly T[] {
  const first = Math.floor(random() * members.length);
  return [...members.slice(first), ...members.slice(0, first)];
}

function toTaskLine({ shareId, task, ageMs, verdict, reason }: TaskReport) {
  return {
    share_id: shareId,
    task_id: toPrintable(task.rawId ?? '').slice(0, 64),
    path: toPrintable(task.path ?? ''),
    age_s: ageMs === undefined ? undefined : Math.floor(ageMs / 1_000),
    task_status: task.status ?? 'unknown',
    verdict,
    reason,
  };
}
