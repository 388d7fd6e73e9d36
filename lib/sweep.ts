import { type Call, OutOfTime, type Pace } from './call.ts';
import type { CancelTask } from './cancel.ts';
import { type Config, isAllowed, type SweepSettings } from './config.ts';
import { toPrintable } from './error-body.ts';
import { ServiceError, toServiceError } from './errors.ts';
import { listShares, listTasks } from './listing.ts';
import { describeBug } from './log.ts';
import { createPacer } from './pacer.ts';
import { type Doubt, judgeShare, judgeTask, type KeepReason, type Verdict } from './policy.ts';
import { type Candidate, createSelection } from './selection.ts';
import type { SfsTurbo } from './sfs-turbo.ts';
import { narrow, type SweepOrder } from './sweep-order.ts';
import { FEATURES, type ShareId, type TaskRecord, type TaskRef } from './task.ts';
import type { World } from './world.ts';

/**
 * What a run did, as its last log line has it. Always `due = deleted + already_gone + failed + remaining`.
 */
export interface SweepSummary {
  readonly event: 'sweep.done';
  readonly dry_run: boolean;
  /** Shares that the run was to look at. */
  readonly shares: number;
  /** Tasks of the shares whose list was read whole. */
  readonly listed: number;
  readonly due: number;
  /** DELETEs that were accepted. */
  readonly deleted: number;
  readonly already_gone: number;
  /** DELETEs that were refused, or whose answer never came. */
  readonly failed: number;
  readonly skipped_invalid: number;
  /** Tasks that stay for no other reason than that they are the newest of their path. */
  readonly kept_latest: number;
  readonly unsupported_shares: number;
  /** Shares whose list could not be read; a list of shares that could not be read counts as one. */
  readonly failed_shares: number;
  /** Whether time ran out before everything was done. */
  readonly truncated: boolean;
  /** Tasks that are due and that this run did not try to delete: dry run, cap, or time. */
  readonly remaining: number;
  /** Of the tasks that were found due; 0 without any. */
  readonly oldest_due_age_s: number;
  readonly duration_ms: number;
}

/** What becomes of one task, and why. */
export interface TaskReport {
  readonly shareId: ShareId;
  readonly task: TaskRecord;
  /** Absent where the times are in doubt. */
  readonly ageMs: number | undefined;
  /** `delete` says what the run is about to do, or in a dry run would do. */
  readonly verdict: 'delete' | 'keep' | 'skip';
  readonly reason: 'due' | 'over_cap' | KeepReason | Doubt;
}

/** Who wants to know more than the summary. Neither may throw. */
export interface SweepObserver {
  /** Each listed task once. Those to be deleted come last, oldest first. */
  readonly onTask?: (report: TaskReport) => void;
  /** Before the last log line. */
  readonly onDone?: (summary: SweepSummary) => void;
}

/**
 * Lists, judges and deletes what is due, as far as configuration and order allow.
 *
 * Failures of shares and tasks are counted, not thrown.
 *
 * @throws {ServiceError} `misconfigured` without settings for the sweep; `invalid_input` when the order names a share that
 *   is not swept
 */
export type Sweep = (order: SweepOrder, call: Call, observer?: SweepObserver) => Promise<SweepSummary>;

/** An app has all of it. Which function sweeps is for its handler to say: the others do without, and without its size. */
interface Dependencies {
  readonly config: Config;
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
  readonly world: World;
}

/** Name of this function in audit lines. */
const CALLER = 'sweep';
// What is under way when the sweep stops gets this long to end. With what the handler keeps back for its own answer
// that makes a reserve of two seconds.
const DRAIN_MS = 1_500;
// a dry run has nothing that must end well, and may be for a person who waits: it drains for a quarter of its time at most
const DRY_DRAIN_PART = 0.25;
// Listing may not take all the time: a run that never comes to its DELETEs would leave everything to the next, which would
// fare no better.
const LISTING_PART = 0.75;
const PROGRESS_EVERY_MS = 10_000;
// What a verdict rests on, such as a newer result of the same path, may be gone by then. A list counts from when its last page
// came; the service answers from a cache of up to five minutes anyway.
const MAX_LIST_AGE_MS = 60_000;
// a running task may finish at any moment
const MAX_SHOWN_AGE_MS = 5_000;

/** A share's list: when it was read, and what it says of each task where it was read for a second time. */
interface ShareList {
  readonly readAtMs: number;
  readonly verdicts: ReadonlyMap<string, { readonly task: TaskRecord; readonly verdict: Verdict }> | undefined;
}

export function createSweep(dependencies: Dependencies): Sweep {
  const { config } = dependencies;
  return async (order, call, observer = {}) => {
    if (config.sweep === undefined) {
      throw new ServiceError('misconfigured', 'the sweep is not configured', { faults: ['SWEEP_SHARES is missing'] });
    }
    const settings = narrow(config.sweep, order, config.allowedShares);
    return runSweep(settings, dependencies, call, observer);
  };
}

type Counts = {
  -readonly [K in keyof Omit<SweepSummary, 'event' | 'dry_run' | 'remaining' | 'duration_ms'>]: SweepSummary[K];
};

async function runSweep(
  settings: SweepSettings,
  { config: { allowedShares }, sfsTurbo, cancelTask, world }: Dependencies,
  call: Call,
  observer: SweepObserver,
): Promise<SweepSummary> {
  const startedAtMs = world.now();
  const drainMs = settings.dryRun ? Math.min(DRAIN_MS, (call.deadlineAtMs - startedAtMs) * DRY_DRAIN_PART) : DRAIN_MS;
  const closesAtMs = call.deadlineAtMs - drainMs;
  const listingMs = (closesAtMs - startedAtMs) * (settings.dryRun ? 1 : LISTING_PART);
  const pacer = createPacer(settings, world);
  const listing: Call & { pace: Pace } = { ...call, pace: pacer.until(startedAtMs + listingMs) };
  const deleting: Call & { pace: Pace } = { ...call, pace: pacer.until(closesAtMs) };

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
  const lists = new Map<ShareId, Promise<ShareList | undefined>>();
  let deletes = 0;
  let credentialsRefused = false;
  let progressAtMs = startedAtMs;

  function progress(): void {
    const nowMs = world.now();
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
  function isCut(error: unknown, { pace }: { readonly pace: Pace }): boolean {
    if (error instanceof OutOfTime) return true;
    const code = error instanceof ServiceError ? error.code : undefined;
    return (code === 'upstream_timeout' || code === 'upstream_throttled') && !pace.isOpen();
  }

  function shareFailed(error: unknown, shareId: ShareId | undefined, phase = listing): void {
    if (isCut(error, phase)) {
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
      return found
        .map(({ shareId }) => shareId)
        .filter((shareId) => shareId !== undefined)
        .filter((shareId) => isAllowed(shareId, allowedShares));
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
      if (tasks === 'unsupported' && settings.shares !== '*') {
        shareFailed(unsupported('the share does not support directory-usage tasks'), shareId);
      } else if (tasks === 'unsupported') {
        counts.unsupported_shares += 1;
        call.log.info('sweep.share', { share_id: shareId, outcome: 'unsupported' });
      } else {
        lists.set(shareId, Promise.resolve({ readAtMs: world.now(), verdicts: undefined }));
        take(shareId, tasks);
      }
    } catch (error) {
      shareFailed(error, shareId);
    }
  }

  function take(shareId: ShareId, tasks: readonly TaskRecord[]): void {
    const nowMs = world.now();
    const verdicts = judgeShare(tasks, settings, nowMs);
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
    report({ ...left, ageMs: world.now() - left.sinceMs, verdict: 'keep', reason: 'over_cap' });
  }

  function isFresh({ readAtMs }: ShareList): boolean {
    const ageMs = world.now() - readAtMs;
    // a clock that was set back makes no list fresh
    return ageMs >= 0 && ageMs < MAX_LIST_AGE_MS;
  }

  /** The share's list, read anew where it is too old; nothing when it cannot be read. All who need it share one reading. */
  async function freshList(shareId: ShareId): Promise<ShareList | undefined> {
    for (;;) {
      const reading = lists.get(shareId) ?? readAgain(shareId);
      const list = await reading;
      if (list === undefined || isFresh(list)) return list;
      if (lists.get(shareId) === reading) lists.delete(shareId);
    }
  }

  function readAgain(shareId: ShareId): Promise<ShareList | undefined> {
    const reading = listAgain(shareId).catch((error: unknown) => {
      shareFailed(error, shareId, deleting);
      return undefined;
    });
    lists.set(shareId, reading);
    return reading;
  }

  async function listAgain(shareId: ShareId): Promise<ShareList> {
    const tasks = await listTasks(sfsTurbo, shareId, deleting, progress);
    if (tasks === 'unsupported') throw unsupported('the share does not support directory-usage tasks any more');
    const readAtMs = world.now();
    const judged = judgeShare(tasks, settings, readAtMs);
    const verdicts = new Map<string, { readonly task: TaskRecord; readonly verdict: Verdict }>();
    for (const [index, task] of tasks.entries()) {
      const verdict = judged[index];
      if (task.taskId !== undefined && verdict !== undefined) verdicts.set(task.taskId, { task, verdict });
    }
    return { readAtMs, verdicts };
  }

  /** A candidate that turned out not to be due stays, and is not counted as due any more. */
  function stays(verdict: Verdict): void {
    counts.due -= 1;
    if (verdict.type === 'skip') counts.skipped_invalid += 1;
    if (verdict.type === 'keep' && verdict.reason === 'newest_of_path') counts.kept_latest += 1;
  }

  /** The candidate as the latest list has it, if it is still due. */
  function stillDue(task: TaskRecord, { verdicts }: ShareList): TaskRecord | undefined {
    const latest = verdicts === undefined ? { task, verdict: undefined } : verdicts.get(task.taskId ?? '');
    if (latest === undefined) {
      counts.already_gone += 1;
      return undefined;
    }
    const byItself = judgeTask(latest.task, settings, world.now());
    const verdict = latest.verdict === undefined || latest.verdict.type === 'due' ? byItself : latest.verdict;
    if (verdict.type === 'due') return latest.task;
    stays(verdict);
    return undefined;
  }

  /** Whether a running task is still running and due. A task that cannot be shown stays. */
  async function isStillRunning(ref: TaskRef): Promise<boolean> {
    try {
      const shown = await sfsTurbo.showTask(ref, deleting);
      if (shown.taskId !== ref.taskId) throw new ServiceError('upstream_invalid', 'SFS Turbo showed another task');
      const verdict = judgeTask(shown, settings, world.now());
      if (shown.status === 'DOING' && verdict.type === 'due') return true;
      stays(verdict);
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'task_not_found') counts.already_gone += 1;
      else showFailed(error, ref);
    }
    return false;
  }

  function showFailed(error: unknown, { shareId, taskId }: TaskRef): void {
    deleteFailed(error);
    if (error instanceof OutOfTime) return;
    const { message, upstream } = toServiceError(error);
    call.log.error('sweep.share', {
      share_id: shareId,
      task_id: taskId,
      outcome: 'not_shown',
      reason: message,
      err_code: upstream?.errCode,
      upstream_status: upstream?.status,
      upstream_request_id: upstream?.requestId,
    });
  }

  /** The only way to a DELETE. Everything that forbids one is asked again here, whoever comes with a candidate. */
  async function remove({ shareId, task }: Candidate): Promise<void> {
    const { taskId } = task;
    if (taskId === undefined || !isAllowed(shareId, settings.shares) || !isAllowed(shareId, allowedShares)) return;
    const ref: TaskRef = { shareId, taskId, feature: FEATURES[0] };
    let isDone = false;
    while (!isDone && !settings.dryRun && !credentialsRefused && deletes < settings.maxDeletes) {
      const list = await freshList(shareId);
      // others may have met a refusal or the cap meanwhile
      if (list === undefined || credentialsRefused || deletes >= settings.maxDeletes) return;
      const due = stillDue(task, list);
      if (due === undefined) return;
      deletes += 1;
      isDone = await removeDue(ref, due, list);
      if (!isDone) deletes -= 1;
    }
    progress();
  }

  /** Sends the DELETE while what it rests on is fresh. Says whether the task is dealt with. */
  async function removeDue(ref: TaskRef, task: TaskRecord, { readAtMs }: ShareList): Promise<boolean> {
    const isRunning = task.status === 'DOING';
    if (isRunning && !(await isStillRunning(ref))) return true;
    const staleAtMs = Math.min(readAtMs + MAX_LIST_AGE_MS, isRunning ? world.now() + MAX_SHOWN_AGE_MS : Infinity);
    const pace = pacer.until(Math.min(closesAtMs, staleAtMs));
    try {
      const { outcome } = await cancelTask(ref, CALLER, { ...deleting, pace }, { wasListed: true });
      counts[outcome === 'accepted' ? 'deleted' : 'already_gone'] += 1;
    } catch (error) {
      if (hasOnlyBecomeStale(error)) {
        lists.delete(ref.shareId);
        return false;
      }
      deleteFailed(error);
    }
    return true;
  }

  /** Whether no DELETE can have been carried out, and there is time to look again. */
  function hasOnlyBecomeStale(error: unknown): boolean {
    const isUnsent = error instanceof OutOfTime;
    const isThrottled = error instanceof ServiceError && error.code === 'upstream_throttled' && !error.mayBeDone;
    return (isUnsent || isThrottled) && deleting.pace.isOpen();
  }

  function deleteFailed(error: unknown): void {
    const code = error instanceof ServiceError ? error.code : undefined;
    // what was sent and not answered may be done, so it is no mere cut
    if (error instanceof OutOfTime || (code === 'upstream_throttled' && !deleting.pace.isOpen())) {
      counts.truncated = true;
      return;
    }
    counts.failed += 1;
    credentialsRefused ||= code === 'iam_rejected';
    if (code === undefined) call.log.error('bug', { bug: describeBug(error) });
  }

  const shares = await findShares();
  counts.shares += shares.length;
  // a run that comes to its end must not leave out the same shares each time
  await forEach(rotated(shares, world.random), settings.concurrency, judge);
  if (shares.length > 0 && counts.unsupported_shares === shares.length) {
    shareFailed(unsupported('no share supports directory-usage tasks'), undefined);
  }
  const candidates = selection.oldestFirst();
  if (settings.dryRun || observer.onTask !== undefined || call.log.isDebug) {
    for (const candidate of candidates) {
      report({ ...candidate, ageMs: world.now() - candidate.sinceMs, verdict: 'delete', reason: 'due' });
    }
  }
  if (!settings.dryRun) await forEach(candidates, settings.concurrency, remove);

  const summary: SweepSummary = {
    event: 'sweep.done',
    dry_run: settings.dryRun,
    ...counts,
    remaining: counts.due - counts.deleted - counts.already_gone - counts.failed,
    duration_ms: world.now() - startedAtMs,
  };
  observer.onDone?.(summary);
  const { event, ...fields } = summary;
  call.log.record(isFailed(summary) ? 'error' : 'info', event, fields);
  return summary;
}

function unsupported(message: string): ServiceError {
  return new ServiceError('upstream_bad_request', message);
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

function rotated<T>(members: readonly T[], random: World['random']): readonly T[] {
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
