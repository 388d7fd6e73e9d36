import type { Config } from '../../lib/config/read-config.ts';
import type { Targets } from '../../lib/config/targets.ts';
import { quoted } from '../../lib/core/task.ts';
import { WrongUse } from './exit-codes.ts';

/**
 * The configuration with that target alone.
 *
 * @param name absent where there is one target
 * @throws {WrongUse} when there is no such target, or several and no name; when its shares are chosen by tags
 */
export function withOneTarget<T extends Config['targets'][number], C extends Config & { readonly targets: Targets<T> }>(
  config: C,
  name: string | undefined,
): C {
  const [first, ...others] = config.targets;
  const target = name === undefined && others.length === 0 ? first : config.targets.find((one) => one.name === name);
  const names = config.targets.flatMap((one) => one.name ?? []).join(', ');
  if (name !== undefined && names === '') throw new WrongUse('--target is for TARGETS, which is not set.');
  if (target === undefined || (name === undefined && others.length > 0)) {
    const what = name === undefined ? 'TARGETS names several targets' : `${quoted(name)} is none of TARGETS`;
    throw new WrongUse(`${what}: choose one by --target, of ${names}.`);
  }
  if (target.tags !== undefined) {
    throw new WrongUse('The target chooses its shares by tags, and this command knows them by id.');
  }
  return { ...config, ...target, targets: [target] };
}
