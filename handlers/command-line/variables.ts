import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { Lookup } from '../../lib/config/variable.ts';
import { isRecord } from '../../lib/core/json.ts';
import { WrongUse } from './exit-codes.ts';
import type { World } from './world.ts';

const USUAL_FILE = '.env';

/**
 * The shell's variables, and those of a file where the shell has none.
 *
 * @param file as it was named; absent: `.env` in the person's folder, if there is one
 * @throws {WrongUse} when the named file cannot be read
 */
export function createLookup({ variables, folder }: World, file: string | undefined): Lookup {
  const fromFile = parseEnv(readText(resolve(folder, file ?? USUAL_FILE), file !== undefined));
  return (name) => variables[name]?.trim() || fromFile[name];
}

function readText(path: string, isNamed: boolean): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = isRecord(error) ? error['code'] : undefined;
    if (!isNamed && code === 'ENOENT') return '';
    throw new WrongUse(`${path} cannot be read (${code}).`);
  }
}
