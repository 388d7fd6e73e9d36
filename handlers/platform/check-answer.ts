import type { CheckReport } from '../../lib/check/check.ts';
import { toPrintable } from '../../lib/core/json.ts';
import type { Log } from '../../lib/core/log.ts';

/** What a check came to, for programs. */
export type CheckAnswer = ReturnType<typeof toCheckAnswer>;

export function toCheckAnswer({ rows, failed }: CheckReport) {
  const checks = rows.map(({ target, check, shareId, result, found, remedy }) => {
    return { ...(target !== undefined && { target }), check, share_id: shareId, result, found, remedy } as const;
  });
  return { failed, checks } as const;
}

/** A line for each thing that was looked at, at every log level. */
export function logCheck({ checks }: CheckAnswer, log: Log): void {
  for (const { result: outcome, found, ...fields } of checks) {
    const line = { ...fields, outcome, found: toPrintable(found) };
    log.record(outcome === 'failed' ? 'error' : 'info', 'check', line);
  }
}

/** What failed in a check, to be put behind "the check failed". */
export function whatCheckFailed({ checks }: CheckAnswer): string {
  const failed = checks.filter(({ result }) => result === 'failed');
  const names = new Set(failed.map(({ target, check }) => (target === undefined ? check : `${target} (${check})`)));
  return ` for ${[...names].join(', ')}`;
}
