import { userInfo } from 'node:os';
import { isRecord } from '../lib/core/json.ts';
import { runCommandLine } from './command-line/program.ts';
import type { World } from './command-line/world.ts';

/** `npm run du`: the use cases of the functions as commands of a person, with that person's own variables. */
const world: World = {
  variables: process.env,
  // npm changes to the folder of the package, and says where it was called
  folder: process.env['INIT_CWD'] ?? process.cwd(),
  userName: userNameOfSystem(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  onInterrupt: (listener) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, listener);
  },
  exit: (code) => process.exit(code),
};

runCommandLine(process.argv.slice(2), world).then((code) => {
  process.exitCode = code;
});

// whoever reads the output may end first, as head does
process.stdout.on('error', (error) => {
  if (!isRecord(error) || error['code'] !== 'EPIPE') throw error;
});

/** In a container the user may have no name. */
function userNameOfSystem(): string | undefined {
  try {
    return userInfo().username;
  } catch (error) {
    if (isRecord(error)) return undefined;
    throw error;
  }
}
