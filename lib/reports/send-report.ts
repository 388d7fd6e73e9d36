import type { ReportTarget } from '../config/report-targets.ts';
import type { Call } from '../core/call.ts';
import { isRecord } from '../core/json.ts';
import { describeBug, type Log } from '../core/log.ts';
import type { Runtime } from '../core/runtime.ts';
import type { TransportFailure } from '../net/request.ts';
import type { Transport } from '../net/transport.ts';
import type { Composed, Refusal } from './kinds/kind.ts';
import { KINDS } from './kinds/kinds.ts';

/** What sends reports. */
export interface Sender {
  readonly transport: Transport;
  readonly runtime: Pick<Runtime, 'now'>;
}

/** How many targets took the report. */
export interface ReportCounts {
  readonly sent: number;
  readonly failed: number;
}

/** What all reports of a run may take of its time together. */
export const REPORTS_WITHIN_MS = 3_000;

/**
 * Sends a report to all targets at the same time, once: most platforms count requests a minute, and the next run reports again.
 * Failures are logged, with neither URL nor secret, and counted.
 */
export async function sendReport(
  composed: Composed,
  targets: readonly ReportTarget[],
  { transport, runtime }: Sender,
  { log, deadlineAtMs }: Pick<Call, 'log' | 'deadlineAtMs'>,
): Promise<ReportCounts> {
  const limitMs = Math.min(REPORTS_WITHIN_MS, deadlineAtMs - runtime.now());

  async function sendTo(target: ReportTarget, index: number): Promise<boolean> {
    const startedAtMs = runtime.now();
    const outcome = await sendOnce(composed, target, transport, limitMs, runtime.now()).catch(toBug);
    const took = { service: target.kind, entry: index + 1, duration_ms: runtime.now() - startedAtMs } as const;
    logOutcome(outcome, took, log);
    return outcome.refusal === undefined;
  }

  const results = await Promise.all(targets.map(sendTo));
  const sent = results.filter(Boolean).length;
  return { sent, failed: results.length - sent };
}

interface Outcome {
  readonly status?: number;
  readonly refusal: Refusal | undefined;
  readonly bug?: string;
}

async function sendOnce(
  composed: Composed,
  target: ReportTarget,
  transport: Transport,
  limitMs: number,
  nowMs: number,
): Promise<Outcome> {
  if (limitMs <= 0) return { refusal: { reason: 'no time left' } };
  const { toRequest, refusalIn } = KINDS[target.kind];
  const sent = await transport.send(toRequest(composed, target, nowMs), limitMs, 'never');
  if ('failure' in sent) return { refusal: { reason: describe(sent.failure) } };
  const { status, truncated } = sent.reply;
  return { status, refusal: truncated === undefined ? refusalIn(sent.reply) : { reason: `answer: ${truncated}` } };
}

/** Kind and cause. The host stays out: that of a workflow is known to its owners only. */
function describe({ kind, cause }: TransportFailure): string {
  const code = isRecord(cause) ? cause['code'] : undefined;
  return typeof code === 'string' && /^[A-Z_]{2,40}$/.test(code) ? `${kind}, ${code}` : kind;
}

function toBug(error: unknown): Outcome {
  return { refusal: { reason: 'bug' }, bug: describeBug(error) };
}

function logOutcome({ status, refusal, bug }: Outcome, took: { service: ReportTarget['kind'] }, log: Log): void {
  const fields = { ...took, upstream_status: status, reason: refusal?.reason, err_code: refusal?.errCode, bug };
  if (refusal === undefined) log.info('report', { ...fields, outcome: 'sent' });
  else log.warn('report', { ...fields, outcome: 'failed' });
}
