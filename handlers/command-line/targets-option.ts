import type { Config } from '../../lib/config/read-config.ts';
import { quoted } from '../../lib/core/task.ts';
import { WrongUse } from './exit-codes.ts';

/**
 * The targets that `--target` names; nothing where it is not there.
 *
 * @throws {WrongUse} for a name that is no target's
 */
export function chosenTargets(
  names: readonly string[] | undefined,
  { targets }: Pick<Config, 'targets'>,
): ReadonlySet<string> | undefined {
  const known = targets.flatMap(({ name }) => name ?? []);
  if (names !== undefined && known.length === 0) throw new WrongUse('--target is for TARGETS, which is not set.');
  const unknown = names?.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new WrongUse(`TARGETS has no target ${quoted(unknown)}. It has: ${known.join(', ')}.`);
  return names && new Set(names);
}

/** A word for a share, in the one target that was chosen, which need not be named again. */
export function wordInTarget(word: string, targets: ReadonlySet<string> | undefined): string {
  const [only, ...others] = targets ?? [];
  return only === undefined || others.length > 0 || word.includes('/') ? word : `${only}/${word}`;
}
