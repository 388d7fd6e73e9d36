import pMap from 'p-map';
import type { CredentialSettings } from '../config/credentials.ts';
import type { Targets } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import { ServiceError } from '../core/errors.ts';
import { quoted } from '../core/task.ts';
import type { Target } from '../targets/target.ts';
import { checkTarget } from './check-target.ts';
import type { CheckQuery } from './context.ts';
import type { CheckRow } from './row.ts';

export interface CheckReport {
  /** In the order of the targets. */
  readonly rows: readonly CheckRow[];
  /** Whether anything is wrong. */
  readonly failed: boolean;
}

/**
 * For each target: whether the credentials hold, the project and the region answer, the shares can be listed and their tasks
 * read, and on demand whether a DELETE would be allowed. Nothing is deleted. A target that fails keeps no other from being
 * looked at.
 *
 * @throws {ServiceError} `invalid_input` when the query names a target that there is not
 */
export type Check = (query: CheckQuery, caller: Caller, call: Call) => Promise<CheckReport>;

// one that does not answer takes as long as its requests may, and each takes a connection or two
const TARGETS_AT_ONCE = 10;

interface CheckedApp {
  readonly targets: Targets<Target>;
  readonly config: { readonly credentials: CredentialSettings };
}

export function createCheck({ targets, config: { credentials } }: CheckedApp): Check {
  return async (query, caller, call) => {
    const { shares, probeDelete } = query;
    const checkOne = async (target: Target): Promise<readonly CheckRow[]> => {
      const { name } = target.settings;
      const shareIds = shares?.filter((share) => share.target === name).map(({ shareId }) => shareId);
      const ofTarget = { ...call, log: call.log.ofTarget(name) };
      const settings = { ...target.settings, credentials };
      const rows = await checkTarget({ shareIds, probeDelete, caller, call: ofTarget, target, settings });
      return name === undefined ? rows : rows.map((row) => ({ target: name, ...row }));
    };
    const rows = (await pMap(chooseTargets(targets, query), checkOne, { concurrency: TARGETS_AT_ONCE })).flat();
    return { rows, failed: rows.some(({ result }) => result === 'failed') };
  };
}

function chooseTargets(targets: Targets<Target>, { targets: names, shares }: CheckQuery): readonly Target[] {
  const unknown = [...(names ?? [])].find((name) => !targets.some(({ settings }) => settings.name === name));
  if (unknown !== undefined) {
    throw new ServiceError('invalid_input', `targets names ${quoted(unknown)}, which TARGETS does not have`);
  }
  return targets
    .filter(({ settings: { name = '' } }) => names?.has(name) ?? true)
    .filter(({ settings: { name } }) => shares?.some(({ target }) => target === name) ?? true);
}
