/** What a run has counted. */
export interface Counts {
  /** Shares that the run was to look at. */
  readonly shares: number;
  /** Tasks of the shares whose list was read whole. */
  readonly listed: number;
  /** Tasks that were due when they were listed, without those that a later check showed as not due. */
  readonly due: number;
  /** DELETEs that were accepted. */
  readonly deleted: number;
  /** Due tasks that their DELETE did not find, or that were gone before it was sent. */
  readonly already_gone: number;
  /** Due tasks whose DELETE was refused or got no answer, and running tasks that could not be shown. */
  readonly failed: number;
  /** Tasks that cannot be judged, such as one with an unreadable time. They stay. */
  readonly skipped_invalid: number;
  /** Tasks that stay only because they are the newest results of their path. */
  readonly kept_latest: number;
  /** Shares found by `*` that do not support tasks, while others do. */
  readonly unsupported_shares: number;
  /**
   * Shares whose list could not be read, and shares without support for tasks that were named or are the only ones found.
   * A list of shares that could not be read, or that has no allowed share, counts as one.
   */
  readonly failed_shares: number;
  /** Whether time ran out before everything was done. */
  readonly truncated: boolean;
  /** For how long tasks have been due that the run has left or could not delete: the longest time; 0 without any. */
  readonly longest_due_s: number;
}

/** What one step adds. A number is negative where the step takes back what an earlier one counted. */
export type CountsChange = Readonly<Partial<Counts>>;

export const NO_COUNTS: Readonly<Counts> = {
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
  longest_due_s: 0,
};

/** What tasks count as that are due and stay. */
export function countStaying(tasks: readonly { readonly dueSinceMs: number }[], nowMs: number): CountsChange {
  const firstMs = tasks.reduce((first, { dueSinceMs }) => Math.min(first, dueSinceMs), nowMs);
  return { longest_due_s: Math.floor((nowMs - firstMs) / 1_000) };
}

export function addCounts(counts: Counts, change: CountsChange): Counts {
  const sumOf = (name: Exclude<keyof Counts, 'truncated'>): number => counts[name] + (change[name] ?? 0);
  return {
    shares: sumOf('shares'),
    listed: sumOf('listed'),
    due: sumOf('due'),
    deleted: sumOf('deleted'),
    already_gone: sumOf('already_gone'),
    failed: sumOf('failed'),
    skipped_invalid: sumOf('skipped_invalid'),
    kept_latest: sumOf('kept_latest'),
    unsupported_shares: sumOf('unsupported_shares'),
    failed_shares: sumOf('failed_shares'),
    truncated: counts.truncated || change.truncated === true,
    longest_due_s: Math.max(counts.longest_due_s, change.longest_due_s ?? 0),
  };
}
