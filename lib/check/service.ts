import type { ErrorCode } from '../core/status.ts';
import type { ProjectId } from '../core/task.ts';
import type { ShareRecord } from '../sfs-turbo/records.ts';
import type { CheckSettings } from './context.ts';
import { type Attempted, type CheckRow, failed, ok, skipped } from './row.ts';

type Shares = Attempted<readonly ShareRecord[]>;

/** What SFS Turbo itself says to a request that it let in. */
const ANSWERS: ReadonlySet<ErrorCode> = new Set(['upstream_forbidden', 'upstream_bad_request', 'upstream_conflict']);

/** Credentials, service and shares, from the attempts to find the project and to list its shares. */
export function judgeService(
  project: Attempted<ProjectId>,
  shares: Shares,
  settings: CheckSettings,
): readonly [CheckRow, CheckRow, CheckRow] {
  const credentials = judgeCredentials(project, shares, settings);
  const service = judgeAnswer(credentials, shares, settings);
  return [credentials, service, judgeShares(service, shares, settings)];
}

function judgeCredentials(project: Attempted<ProjectId>, shares: Shares, settings: CheckSettings): CheckRow {
  const subject = { check: 'credentials' } as const;
  if ('failure' in project) return failed(subject, project.failure, settings);
  // IAM is asked as late as this where HW_PROJECT_ID is set
  if ('failure' in shares && shares.failure.code === 'iam_rejected') return failed(subject, shares.failure, settings);
  // with HW_PROJECT_ID nobody was asked before the list of shares
  const isProven = settings.project.id === undefined || isAnswered(shares);
  return isProven ? ok(subject, `project ${project.value}`) : skipped(subject, 'not known: nobody answered');
}

function isAnswered(shares: Shares): boolean {
  return 'value' in shares || ANSWERS.has(shares.failure.code);
}

function judgeAnswer({ result }: CheckRow, shares: Shares, settings: CheckSettings): CheckRow {
  const subject = { check: 'service' } as const;
  if (result === 'failed') return skipped(subject, 'not asked');
  if ('failure' in shares && !isAnswered(shares)) return failed(subject, shares.failure, settings);
  return ok(subject, settings.sfsTurboUrl);
}

function judgeShares({ result }: CheckRow, shares: Shares, settings: CheckSettings): CheckRow {
  const subject = { check: 'shares' } as const;
  if (result !== 'ok') return skipped(subject, 'not asked');
  if ('value' in shares) return ok(subject, `${shares.value.length} in the project`);
  // who names the shares can do without the list
  if (settings.allowedShares !== '*' && settings.tags === undefined)
    return skipped(subject, 'may not be listed; only * needs it');
  return failed(subject, shares.failure, settings, 'give the user sfsturbo:shares:getAllShares');
}
