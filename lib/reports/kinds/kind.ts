import type { ReportTarget } from '../../config/report-targets.ts';
import { isRecord, parseJson } from '../../core/json.ts';
import type { Reply, Request } from '../../net/request.ts';
import type { ReportMessage } from '../message.ts';
import type { RunReport } from '../run-report.ts';

/** What is sent: the message for people, and the run that it is about for programs. */
export interface Composed {
  readonly message: ReportMessage;
  readonly report: RunReport;
}

/** How reports reach one kind of platform. */
export interface Kind {
  readonly toRequest: (composed: Composed, target: ReportTarget, nowMs: number) => Request;
  /** Nothing where the platform took the report. */
  readonly refusalIn: (reply: Reply) => Refusal | undefined;
}

/** Why a platform did not take a report, fit for the log: of its answer only a status and a code, since it may repeat the URL. */
export interface Refusal {
  readonly reason: string;
  readonly errCode?: string;
}

export function postJson(url: string, body: object, headers: Request['headers'] = {}): Request {
  return {
    method: 'POST',
    url: new URL(url),
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: JSON.stringify(body),
  };
}

export function wrongStatus({ status }: Reply): Refusal {
  return { reason: `answered ${status}` };
}

/** For platforms that answer with status 200 and a code, of which 0 alone means that the message was taken. */
export function refusalByCode(reply: Reply, ...names: readonly string[]): Refusal | undefined {
  const body = parseJson(reply.body);
  const code = names.map((name) => (isRecord(body) ? body[name] : undefined)).find((value) => value !== undefined);
  const isCode = typeof code === 'number' && Number.isSafeInteger(code);
  if (reply.status === 200 && code === 0) return undefined;
  return {
    ...(reply.status === 200 ? refusedWith(isCode) : wrongStatus(reply)),
    ...(isCode && { errCode: `${code}` }),
  };
}

function refusedWith(isCode: boolean): Refusal {
  return { reason: isCode ? 'refused it' : 'gave an answer that is not as documented' };
}
