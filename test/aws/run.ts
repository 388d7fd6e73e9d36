import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { say } from '../cloud/print.ts';

const REQUIREMENTS = 'test/aws/requirements.txt';
const TOOLS = resolve('.aws-tools');

/** `npm run test:aws`: the deployment to AWS, against moto on loopback. Needs Python 3 and its package index. */
function main(): void {
  installTools();
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/aws/vitest.config.mts'];
  run(process.execPath, [...vitest, ...process.argv.slice(2)]);
}

/** Into a virtual environment of this project, once for each list of requirements. */
function installTools(): void {
  const requirements = readFileSync(REQUIREMENTS, 'utf8');
  const installed = join(TOOLS, 'installed.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === requirements) return;
  say(`installing the tools of ${REQUIREMENTS} into ${TOOLS}`);
  rmSync(TOOLS, { recursive: true, force: true });
  run('python3', ['-m', 'venv', TOOLS]);
  // the list is complete, and what is not compiled now is compiled when it is used
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps', '--no-compile'];
  run(join(TOOLS, 'bin/python'), [...pip, '-r', REQUIREMENTS]);
  writeFileSync(installed, requirements);
}

function run(command: string, args: readonly string[]): void {
  const { status, error } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, AWS_TOOLS: TOOLS } });
  if (error !== undefined) say(`${command} cannot be run: ${error.message}`);
  if (status !== 0) process.exit(1);
}

main();
