import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { say } from '../cloud/print.ts';

/** AWS's own client of its runtime API: in Lambda it is what loads a handler and hands each event to it. */
const CLIENT = 'aws-lambda-ric@4.0.2';
const FOLDER = resolve('.lambda-client');

/**
 * Builds the client once, natively: that takes a C++ compiler, cmake, autoconf, automake and libtool.
 *
 * @param node the path of Lambda's Node
 * @returns the path of its start file
 */
export function buildClient(node: string): string {
  const start = join(FOLDER, 'node_modules/aws-lambda-ric/index.mjs');
  const built = join(FOLDER, `${CLIENT}.built`);
  if (existsSync(built)) return start;
  say(`building ${CLIENT} in ${FOLDER}`);
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(FOLDER);
  // its install script is what builds it
  const manifest = { private: true, allowScripts: { [CLIENT]: true } };
  writeFileSync(join(FOLDER, 'package.json'), JSON.stringify(manifest));
  const { status } = spawnSync('npm', ['install', CLIENT, '--no-audit', '--no-fund', ...headers()], {
    cwd: FOLDER,
    stdio: 'inherit',
    // the npm of this Node, run by Lambda's: the client takes no older one
    env: { ...process.env, PATH: `${dirname(node)}:${process.env['PATH'] ?? ''}`, MAKEFLAGS: '-j2' },
  });
  if (status !== 0) {
    say('It could not be built. It needs a C++ compiler, make, cmake, autoconf, automake and libtool.');
    process.exit(1);
  }
  writeFileSync(built, '');
  return start;
}

/** Node's headers as far as they are installed with it, which spares their download. The interface is the same in all versions. */
function headers(): readonly string[] {
  const prefix = resolve(dirname(process.execPath), '..');
  return existsSync(join(prefix, 'include/node/node_api.h')) ? [`--nodedir=${prefix}`] : [];
}
