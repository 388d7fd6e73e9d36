import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { listShares } from '../sfs-turbo/listing.ts';
import type { CheckApp, CheckQuery } from './context.ts';
import { attempt, type CheckRow } from './row.ts';
import { judgeService } from './service.ts';
import { checkShares } from './shares.ts';

interface CheckReport {
  readonly rows: readonly CheckRow[];
  /** Whether anything is wrong. */
  readonly failed: boolean;
}

/**
 * Whether the credentials hold, the project and the region answer, the shares can be listed and their tasks read, and on
 * demand whether a DELETE would be allowed. Nothing is deleted. It does not throw an expected failure.
 *
 * @param onRow told of each row as soon as it is known
 */
export type Check = (
  query: CheckQuery,
  caller: Caller,
  call: Call,
  onRow?: (row: CheckRow) => void,
) => Promise<CheckReport>;

export function createCheck(app: CheckApp): Check {
  return async (query, caller, call, onRow = () => {}) => {
    const rows: CheckRow[] = [];
    const add = (row: CheckRow): void => {
      rows.push(row);
      onRow(row);
    };

    const project = await attempt(() => app.findProject(call));
    // where there is no project nothing can be asked: the failure stands for the list, too
    const shares = 'failure' in project ? project : await attempt(() => listShares(app.sfsTurbo, call));
    for (const row of judgeService(project, shares, app.config)) add(row);
    const isReached = rows.every(({ check, result }) => check === 'shares' || result === 'ok');
    if (isReached) await checkShares({ query, caller, call, app }, shares, add);

    return { rows, failed: rows.some(({ result }) => result === 'failed') };
  };
}
