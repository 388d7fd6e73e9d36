import type { Config } from '../config/read-config.ts';
import type { Call } from '../core/call.ts';
import { isOutOfTime, ServiceError } from '../core/errors.ts';
import { isRecord, parseJson } from '../core/json.ts';
import type { Runtime } from '../core/runtime.ts';
import { ACCEPTED_STATUSES, TASK_NOT_FOUND } from '../core/status.ts';
import {
  FEATURES,
  isId,
  type ProjectId,
  type ShareId,
  type TaskRecord,
  type TaskRef,
  toTaskRecord,
} from '../core/task.ts';
import type { Authorization, Credentials } from '../iam/credentials.ts';
import { failedAnswer, noAnswer, upstreamRequestId, withoutEcho } from '../net/answers.ts';
import { type Attempt, type FailedAttempt, parseRetryAfterMs, type Retrier } from '../net/retry.ts';
import { type Reply, type Request, type Target, type Transport, TransportFailure } from '../net/transport.ts';
import { encodeRfc3986 } from '../net/url.ts';

/** A share as ListShares has it; `shareId` is absent when it is none that this function would put into a URL. */
export interface ShareRecord {
  readonly shareId: ShareId | undefined;
  readonly name: string;
}

/** How a DELETE that did not fail ended. */
export type DeleteOutcome = 'accepted' | 'already_gone';

export interface DeleteResult {
  readonly outcome: DeleteOutcome;
  readonly projectId: ProjectId;
  readonly upstreamStatus: number;
  readonly upstreamRequestId: string | undefined;
}

export interface DeleteOptions {
  /** Whether the task was seen in a listing: then "task_id not found" can only mean that it has gone since. */
  readonly wasListed?: boolean;
}

/** Counts the requests of one call that really went out, also when the call fails. */
export interface Tally {
  attempts: number;
}

export interface SfsTurbo {
  /** Opens the connection of the next request, which may still have to wait for what lets it in. */
  readonly preconnect: () => void;
  /**
   * Cancels a task that runs, and deletes it.
   *
   * `already_gone` is said only when "task_id not found" met a task that was listed, or an attempt after one of this same
   * call that may have been carried out.
   *
   * @throws {ServiceError} `out_of_time` when the call got no permit in time, and nothing was sent; `forbidden` before anything is sent when `ref` names another project than the credentials';
   *   otherwise by the table in `status.ts`
   * @see https://support.huaweicloud.com/intl/en-us/api-sfs/DeleteFsTask.html
   */
  readonly deleteTask: (ref: TaskRef, call: Call, tally: Tally, options?: DeleteOptions) => Promise<DeleteResult>;
  /**
   * One page of a share's tasks, in the service's order; `marker` is the id of the last task on the page before. An empty
   * page is the end, a short one need not be. The service answers from a cache of up to five minutes.
   *
   * @throws {ServiceError} `out_of_time` when the call got no permit in time; by the table in `status.ts`; `task_not_found` when the marker's task is gone;
   *   `upstream_invalid` when the page is not as documented
   * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ListFsTasks.html
   */
  readonly listTaskPage: (shareId: ShareId, marker: string | undefined, call: Call) => Promise<readonly TaskRecord[]>;
  /**
   * One task as it is now, up to five minutes late.
   *
   * @throws {ServiceError} by the table in `status.ts`
   * @see https://support.huaweicloud.com/intl/en-us/api-sfs/ShowFsTask.html
   */
  readonly showTask: (ref: TaskRef, call: Call) => Promise<TaskRecord>;
  /**
   * One page of the project's shares, of every type; whether one supports tasks is for the service to say.
   *
   * @throws {ServiceError} by the table in `status.ts`
   * @see https://support.huaweicloud.com/intl/en-us/api-sfsturbo/ListShares.html
   */
  readonly listSharePage: (offset: number, call: Call) => Promise<readonly ShareRecord[]>;
}

interface Dependencies {
  readonly credentials: Credentials;
  readonly transport: Transport;
  readonly retrier: Retrier;
  readonly runtime: Runtime;
}

const SECRET_HEADERS = ['x-auth-token', 'authorization', 'x-security-token'] as const;

// An answer may have 64 KiB: a hundred tasks, the longest page there is, fit with usual paths, while a path may have 4,096
// characters; a share's description takes up to 1.5 KB. A page that turns out too large is asked for again in less.
const TASK_PAGE_LIMITS = [100, 25, 5] as const;
const SHARE_PAGE_LIMITS = [40, 10] as const;

export function createSfsTurbo(config: Config, { credentials, transport, retrier, runtime }: Dependencies): SfsTurbo {
  const { origin, pathname: root } = new URL(config.sfsTurboUrl);
  const preconnect = (): void => transport.preconnect(origin);

  /** The one place where URLs are built: every segment is encoded, and the host is the configuration's. */
  function urlOf(projectId: ProjectId, segments: readonly string[], search = ''): Target {
    const path = ['v1', projectId, 'sfs-turbo', 'shares', ...segments].map(encodeRfc3986).join('/');
    return { origin, pathname: root === '/' ? `/${path}` : `${root}/${path}`, search };
  }

  function taskUrl(projectId: ProjectId, { shareId, feature, taskId }: TaskRef): Target {
    return urlOf(projectId, [shareId, 'fs', feature, 'tasks', taskId]);
  }

  /** Sends one request as often as it takes to be let in: once, and once more when a token turned out to be dead. */
  async function sendAuthorized(
    toRequest: (projectId: ProjectId) => Pick<Request, 'method' | 'url'>,
    call: Call,
    tally: Tally,
    onReply: (reply: Reply) => void = () => {},
  ): Promise<{ reply: Reply; projectId: ProjectId }> {
    for (let renewed = false; ; renewed = true) {
      const authorizing = credentials.authorize(call);
      preconnect();
      const authorization = await authorizing;
      const reply = await sendOnce(toRequest(authorization.projectId), authorization, call, tally);
      onReply(reply);
      const { projectId } = authorization;
      if (reply.status !== 401) authorization.accepted?.();
      else if (authorization.refused() && !renewed) continue;
      return { reply, projectId };
    }
  }

  async function sendOnce(
    request: Pick<Request, 'method' | 'url'>,
    authorization: Authorization,
    call: Call,
    tally: Tally,
  ): Promise<Reply> {
    const { permits } = call;
    const release = await permits?.acquire();
    try {
      const limitMs = Math.min(config.requestTimeoutMs, call.deadlineAtMs - runtime.now());
      if (limitMs <= 0) throw new TransportFailure('timeout', false);
      tally.attempts += 1;
      const { method, url } = request;
      const headers = authorization.headersFor(request);
      const reply = await transport.send({ method, url, headers }, limitMs, permits === undefined);
      if (reply.resent) tally.attempts += 1;
      if (reply.status === 429) permits?.pause(parseRetryAfterMs(reply.headers['retry-after'], runtime.now()));
      return withoutEcho(
        reply,
        SECRET_HEADERS.map((name) => headers[name]),
      );
    } finally {
      release?.();
    }
  }

  function failed(reply: Reply): FailedAttempt {
    if (reply.status === 401 && reply.cut === undefined) {
      const { upstream } = failedAnswer('SFS Turbo', reply, runtime.now()).failure;
      return {
        failure: new ServiceError('iam_rejected', "SFS Turbo refused the function's credentials (401)", { upstream }),
      };
    }
    const attempt = failedAnswer('SFS Turbo', reply, runtime.now());
    const { code, upstream } = attempt.failure;
    // a proxy's or gateway's 404 says nothing of the task
    if (code === 'task_not_found' && upstream?.errCode?.startsWith('SFS.TURBO.') !== true) {
      return { failure: new ServiceError('upstream_invalid', 'SFS Turbo does not know this API (404)', { upstream }) };
    }
    return attempt;
  }

  async function deleteTask(
    ref: TaskRef,
    call: Call,
    tally: Tally,
    { wasListed = false }: DeleteOptions = {},
  ): Promise<DeleteResult> {
    let mayBeDone = false;
    let lastFailure: ServiceError | undefined;

    const toRequest = (projectId: ProjectId) => {
      if (ref.projectId !== undefined && ref.projectId !== projectId) {
        throw new ServiceError('forbidden', "project_id is not the project of the function's credentials");
      }
      return { method: 'DELETE' as const, url: taskUrl(projectId, ref) };
    };

    // of every reply, also of a 401 after which the request is made once more: its first sending may have been carried out
    const onReply = (reply: Reply): void => {
      mayBeDone ||= reply.resent;
    };

    async function attempt(): Promise<Attempt<DeleteResult>> {
      try {
        const { reply, projectId } = await sendAuthorized(toRequest, call, tally, onReply);
        const endedAs = (outcome: DeleteOutcome): DeleteResult => ({
          outcome,
          projectId,
          upstreamStatus: reply.status,
          upstreamRequestId: upstreamRequestId(reply),
        });
        if (isAccepted(reply)) return { value: endedAs('accepted') };
        const failure = failed(reply);
        lastFailure = failure.failure;
        if ((mayBeDone || wasListed) && failure.failure.upstream?.errCode === TASK_NOT_FOUND && reply.status === 404) {
          return { value: endedAs('already_gone') };
        }
        // 3xx and 4xx are refusals, whole or cut
        mayBeDone ||= reply.status >= 500 || reply.status < 300;
        return failure;
      } catch (error) {
        // what became of the earlier requests must be told, not that there is no permit to send another
        if (isOutOfTime(error) && tally.attempts > 0) return { failure: lastFailure ?? noTime() };
        if (!(error instanceof TransportFailure)) throw error;
        mayBeDone ||= error.sent;
        const failure = noAnswer('SFS Turbo', error);
        lastFailure = failure.failure;
        return failure;
      }
    }

    try {
      return await retrier.run(call, attempt);
    } catch (error) {
      throw withFate(error, mayBeDone);
    }
  }

  /** A GET whose answer `parse` understands, or says with `undefined` that it does not. */
  async function read<T>(
    toUrlOf: (projectId: ProjectId) => Target,
    call: Call,
    parse: (body: unknown) => T | undefined,
  ): Promise<T | 'too_large'> {
    const toRequest = (projectId: ProjectId) => ({ method: 'GET' as const, url: toUrlOf(projectId) });
    return retrier.run(call, async (): Promise<Attempt<T | 'too_large'>> => {
      try {
        const { reply } = await sendAuthorized(toRequest, call, { attempts: 0 });
        if (reply.status === 200 && reply.cut === 'too_large') return { value: 'too_large' };
        if (reply.status !== 200 || reply.cut !== undefined) return failed(reply);
        const value = parse(parseJson(reply.body));
        return value === undefined ? { failure: undocumented() } : { value };
      } catch (error) {
        if (error instanceof TransportFailure) return noAnswer('SFS Turbo', error);
        throw error;
      }
    });
  }

  async function readPage<T>(
    limits: readonly number[],
    toUrlOf: (projectId: ProjectId, limit: number) => Target,
    call: Call,
    parse: (body: unknown) => T | undefined,
  ): Promise<T> {
    for (const limit of limits) {
      const page = await read((projectId) => toUrlOf(projectId, limit), call, parse);
      if (page !== 'too_large') return page;
    }
    throw new ServiceError('upstream_invalid', 'SFS Turbo answered with more than 64 KiB');
  }

  function listTaskPage(shareId: ShareId, marker: string | undefined, call: Call): Promise<readonly TaskRecord[]> {
    // not by URLSearchParams, which writes a space as +: the signature needs one reading
    const after = marker === undefined ? '' : `&marker=${encodeRfc3986(marker)}`;
    const toUrlOf = (projectId: ProjectId, limit: number): Target =>
      urlOf(projectId, [shareId, 'fs', FEATURES[0], 'tasks'], `?limit=${limit}${after}`);
    return readPage(TASK_PAGE_LIMITS, toUrlOf, call, (body) => parseList(body, 'tasks', toTaskRecord));
  }

  async function showTask(ref: TaskRef, call: Call): Promise<TaskRecord> {
    const task = await read((projectId) => taskUrl(projectId, ref), call, toTaskRecord);
    if (task === 'too_large') throw undocumented();
    return task;
  }

  function listSharePage(offset: number, call: Call): Promise<readonly ShareRecord[]> {
    // either counts only when both are sent
    const toUrlOf = (projectId: ProjectId, limit: number): Target =>
      urlOf(projectId, ['detail'], `?limit=${limit}&offset=${offset}`);
    return readPage(SHARE_PAGE_LIMITS, toUrlOf, call, (body) => parseList(body, 'shares', toShareRecord));
  }

  return { preconnect, deleteTask, listTaskPage, showTask, listSharePage };
}

function noTime(): ServiceError {
  return new ServiceError('upstream_timeout', 'no time was left to ask SFS Turbo again');
}

function undocumented(): ServiceError {
  return new ServiceError('upstream_invalid', 'SFS Turbo answered 200 with something undocumented');
}

/** A list whose every member is at least an object; one that is not makes the whole page unreadable. */
function parseList<T>(body: unknown, name: string, parse: (member: unknown) => T | undefined): T[] | undefined {
  const members = isRecord(body) ? body[name] : undefined;
  if (!Array.isArray(members)) return undefined;
  const parsed = members.map(parse).filter((member) => member !== undefined);
  return parsed.length === members.length ? parsed : undefined;
}

function toShareRecord(value: unknown): ShareRecord | undefined {
  if (!isRecord(value)) return undefined;
  const { id, name } = value;
  return { shareId: isId(id) ? (id as ShareId) : undefined, name: typeof name === 'string' ? name : '' };
}

/**
 * Whether an answer says that the DELETE was accepted. The status line decides, and the body is documented as empty; but a
 * whole page in place of it is some proxy's, whose 200 means nothing.
 */
function isAccepted(reply: Reply): boolean {
  if (!ACCEPTED_STATUSES.has(reply.status) || reply.cut === 'too_large') return false;
  return reply.body.trim() === '' || parseJson(reply.body) !== undefined;
}

/**
 * Our own messages tell a caller whether the task may be gone. What was said to us is passed on as it is, unless it hides that
 * an earlier attempt may have been carried out; SFS Turbo's 500 hides nothing, as it leaves that open itself.
 */
function withFate(error: unknown, mayBeDone: boolean): unknown {
  if (!(error instanceof ServiceError)) return error;
  const { code, cause, upstream, retryAfterMs } = error;
  const tell = (fate?: string) =>
    new ServiceError(code, fate === undefined ? error.message : `${error.message}; the DELETE ${fate}`, {
      cause,
      upstream,
      retryAfterMs,
      mayBeDone,
    });
  switch (code) {
    case 'iam_rejected':
    case 'upstream_invalid':
    case 'upstream_unavailable':
    case 'upstream_timeout':
      return tell(mayBeDone ? 'may have been carried out' : 'was not carried out');
    case 'upstream_bad_request':
    case 'upstream_forbidden':
    case 'upstream_conflict':
    case 'upstream_throttled':
    case 'task_not_found':
      return mayBeDone ? tell('may have been carried out') : error;
    case 'upstream_error':
      return tell();
    default:
      return error;
  }
}
