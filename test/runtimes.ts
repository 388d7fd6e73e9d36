import { execFileSync, spawnSync } from 'node:child_process';
import { say } from './cloud/print.ts';
import { buildClient } from './lambda/client.ts';

const LAMBDA_VERSION = '24';
// the other is FunctionGraph's
const BUNDLE_VERSIONS = ['20.15.1', LAMBDA_VERSION];
/** Those that a developer may have, beside the one that runs this. */
const SUITE_VERSIONS = ['22', '24'];

/**
 * `npm run test:runtimes`: the bundles on the platforms' Node versions, and the zips under AWS's own client of its runtime; with
 * `--suite`, every test on 22 and 24 too.
 */
function main(): void {
  for (const version of BUNDLE_VERSIONS) {
    vitest(`the bundles on Node ${version}`, process.execPath, ['test/bundles'], { BUNDLE_NODE: nodeOf(version) });
  }
  underClient(nodeOf(LAMBDA_VERSION));
  if (!process.argv.includes('--suite')) return;
  for (const version of SUITE_VERSIONS) vitest(`the suite on Node ${version}`, nodeOf(version), [], {});
}

function underClient(node: string): void {
  const environment = { BUNDLE_NODE: node, LAMBDA_CLIENT: buildClient(node) };
  vitest(
    "the zips under AWS's client of its runtime",
    process.execPath,
    [],
    environment,
    'test/lambda/vitest.config.mts',
  );
}

/** The path of a Node version, which the npm package `node` brings. */
function nodeOf(version: string): string {
  // its install script fetches the binary, and .npmrc refuses scripts that package.json does not decide on
  const args = [
    'exec',
    '--yes',
    '--strict-allow-scripts=false',
    `--package=node@${version}`,
    '--',
    'node',
    '-p',
    'process.execPath',
  ];
  return execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
}

function vitest(
  what: string,
  node: string,
  files: readonly string[],
  environment: Record<string, string>,
  config = 'test/vitest.config.mts',
): void {
  const runs = environment['BUNDLE_NODE'] ?? node;
  say(`\n${what} (${execFileSync(runs, ['--version'], { encoding: 'utf8' }).trim()})`);
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', config, ...files];
  const { status } = spawnSync(node, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) process.exit(1);
}

main();
