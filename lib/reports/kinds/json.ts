import { createHmac, randomUUID } from 'node:crypto';
import { toShown } from '../../core/words.ts';
import { failureFields } from '../../sweep/failures.ts';
import { isFailed } from '../../sweep/summary.ts';
import { MAX_NOTES } from '../findings.ts';
import type { NotedFailure, NotedTarget, NotedTask, RunReport } from '../run-report.ts';
import { type Kind, postJson, wrongStatus } from './kind.ts';

// the specification asks for less than 20 kB
const MAX_BYTES = 19_000;

/**
 * For programs: the run as data, signed as Standard Webhooks 1.0 has it.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export const json: Readonly<Kind> = {
  toRequest: ({ report }, { url, secret }, nowMs) => {
    const request = postJson(url, fittingBody(report, new Date(nowMs).toISOString()));
    const headers = { ...request.headers, ...signed(request.body ?? '', secret, nowMs) };
    return { ...request, headers };
  },
  refusalIn: (reply) => (reply.status >= 200 && reply.status < 300 ? undefined : wrongStatus(reply)),
};

/** Of each kind as many as fit. */
function fittingBody(report: RunReport, timestamp: string): object {
  for (let count = MAX_NOTES; ; count -= 1) {
    const body = { type: typeOf(report), timestamp, data: toData(report, count) };
    if (count === 0 || Buffer.byteLength(JSON.stringify(body)) <= MAX_BYTES) return body;
  }
}

function signed(body: string, secret: string | undefined, nowMs: number) {
  const id = `msg_${randomUUID()}`;
  const seconds = String(Math.floor(nowMs / 1_000));
  const ids = { 'webhook-id': id, 'webhook-timestamp': seconds };
  if (secret === undefined) return ids;
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  return { ...ids, 'webhook-signature': `v1,${mac}` };
}

function typeOf(report: RunReport): string {
  if (report.type === 'not_swept') return 'sweep.not_run';
  return isFailed(report.summary) ? 'sweep.failed' : 'sweep.done';
}

function toData(report: RunReport, count: number) {
  const { requestId, place } = report;
  const source = { request_id: requestId, place };
  if (report.type === 'not_swept') {
    const { code, message, faults } = report.error;
    return { ...source, error: { code, message, faults: faults?.slice(0, count) } };
  }
  const { event, ...summary } = report.summary;
  const { failures, deleted, waiting, fullShares, targets } = report.findings;
  return {
    ...source,
    summary,
    failures: failures.slice(0, count).map(toFailure),
    deleted: deleted.slice(0, count).map(toTask),
    waiting: waiting.slice(0, count).map(toTask),
    full_shares: fullShares,
    ...(targets.length > 0 && { targets: targets.slice(0, count).map(toTarget) }),
  };
}

function toTarget({ name, summary: { event, ...summary } }: NotedTarget) {
  return { name, ...summary };
}

function toFailure({ task, target, shareId, error }: NotedFailure) {
  const { outcome, err_code, upstream_status, upstream_request_id } = failureFields(error);
  const message = toShown(error.message, 200);
  return {
    target,
    share_id: shareId,
    ...(task && toTask(task)),
    outcome,
    err_code,
    upstream_status,
    upstream_request_id,
    message,
  };
}

function toTask({ shareId, taskId, path, status, ageMs, dueForMs }: NotedTask) {
  return {
    share_id: shareId,
    task_id: toShown(taskId, 64),
    path: toShown(path, 200),
    status,
    age_s: Math.floor(ageMs / 1_000),
    due_for_s: Math.floor(dueForMs / 1_000),
  };
}
