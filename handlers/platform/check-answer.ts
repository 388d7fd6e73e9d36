import type { CheckReport } from '../../lib/check/check.ts';

/** What a check came to, for programs. */
export function toCheckAnswer({ rows, failed }: CheckReport) {
  const checks = rows.map(({ target, check, shareId, result, found, remedy }) => {
    return { ...(target !== undefined && { target }), check, share_id: shareId, result, found, remedy } as const;
  });
  return { failed, checks } as const;
}
