import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Lookup } from '../../lib/config/variable.ts';
import { isRecord } from '../../lib/core/json.ts';
import { WrongUse } from './exit-codes.ts';
import type { World } from './world.ts';

const USUAL_FILE = '.env';

/**
 * The variables of a named file alone, so that two clouds never mix; else the shell's, and those of `.env` in the person's folder
 * where the shell has none.
 *
 * @throws {WrongUse} when the file cannot be read
 */
export function createLookup({ variables, folder }: World, file: string | undefined): Lookup {
  if (file !== undefined) {
    const named = parseEnv(readText(resolve(folder, file), true));
    return (name) => named[name];
  }
  const beside = parseEnv(readText(resolve(folder, USUAL_FILE), false));
  return (name) => variables[name]?.trim() || beside[name];
}

/** The text of a file by its path in the person's folder; nothing where there is none. @throws {WrongUse} when it cannot be read */
export function readBeside({ folder }: Pick<World, 'folder'>, path: string): string | undefined {
  return readText(resolve(folder, path), false) || undefined;
}

function readText(path: string, isNeeded: boolean): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = isRecord(error) ? error['code'] : undefined;
    if (!isNeeded && code === 'ENOENT') return '';
    throw new WrongUse(`${path} cannot be read (${code}).`);
  }
}
