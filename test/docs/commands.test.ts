import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holds } from '../support/commands.ts';
import { type Block, blocksOf, pages } from '../support/handbook.ts';

/** The first line of a block that nothing here can run. */
const NOT_RUN = /^# needs (an account|a person)/;

/** Lines that something else runs, and what. */
const RUN_ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^npm ci && npm run demo$/, 'test/cloud/demo.test.ts'],
  [/^npm ci && npm test$/, '.ci/run'],
  [/^npm start$/, 'this test, and test/cloud/start.test.ts'],
  [/^npm run bench -- |^npx --strict-allow-scripts=false --package=node@24 -- npm run bench$/, 'test/bench'],
  [/^npx serverless deploy |^aws secretsmanager create-secret |^export (HW_REGION_NAME|ALARM_EMAIL)=/, 'test/aws'],
  [/^npx serverless functiongraph deploy |^export (HW_REGION_NAME|APIG_INSTANCE_ID)=/, 'test/deploy/functiongraph'],
];

/** Pages with a test of their own that runs each example and compares what it prints. */
const HAVE_TESTS = ['docs/command-line.md'];

const blocks = pages()
  .filter(({ path }) => !HAVE_TESTS.includes(path) && !path.endsWith('.zh.md'))
  .flatMap(blocksOf)
  .filter(({ language }) => language === 'sh');
const isHere = (name: string): boolean => spawnSync(name, ['--version']).status === 0;
const hasTools = ['bash', 'curl', 'openssl'].every((name) =>
  name === 'openssl' ? spawnSync(name, ['version']).status === 0 : isHere(name),
);

const usesLocalCloud = ({ text }: Block): boolean => text.includes('$DU_') || text.includes('npm run du');
const cannotRun = ({ text }: Block): boolean => NOT_RUN.test(text);

describe.skipIf(!hasTools)('a block of commands in the handbook', () => {
  test.each(blocks.map((block) => [`${block.path}, ${block.heading}`, block]))('is bash: %s', (_, { text }) => {
    const { status, stderr } = spawnSync('bash', ['-n'], { input: text, encoding: 'utf8' });

    expect(stderr).toBe('');
    expect(status).toBe(0);
  });

  const others = blocks.filter((block) => !usesLocalCloud(block) && !cannotRun(block));
  test.each(others.map((block) => [`${block.path}, ${block.heading}`, block]))(
    'that needs no local cloud is run by a test: %s',
    (_, { text }) => {
      if (isOnlyLocal(text)) {
        const lines = text.replaceAll('deploy/', `${process.cwd()}/deploy/`);
        const { status, stderr } = spawnSync('bash', ['--norc', '-euc', lines], { encoding: 'utf8', cwd: tmpdir() });
        expect(stderr).toBe('');
        expect(status).toBe(0);
        return;
      }
      const known = text.split('\n').filter((line) => RUN_ELSEWHERE.some(([pattern]) => pattern.test(line)));
      expect(known, text).not.toEqual([]);
    },
  );
});

/** Lines that call nothing but this machine's own tools and this project's scripts. */
function isOnlyLocal(text: string): boolean {
  return /^(KEY=|REPORT_TO=|echo |node deploy\/openapi\.cjs )/.test(text);
}

describe.skipIf(!hasTools)('a block of commands for the local cloud', () => {
  let npmStart: ChildProcess;
  let output = '';
  beforeAll(async () => {
    npmStart = spawn(process.execPath, ['--import', 'tsx', 'test/cloud/start.ts'], {
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'], TMPDIR: process.env['TMPDIR'], PORT: '0' },
    });
    for (const stream of [npmStart.stdout, npmStart.stderr]) stream?.on('data', (chunk) => (output += chunk));
    await holds(
      () => output.includes('Ctrl-C ends it'),
      () => output,
    );
  });
  afterAll(async () => {
    npmStart?.kill('SIGINT');
    await once(npmStart, 'close');
  });

  /** The `export` lines that `npm start` prints, for the tasks that run at the moment. */
  async function freshExports(): Promise<string> {
    const [, url = ''] = /DU_PLAY='([^']+)'/.exec(output) ?? [];
    // a kept connection may be closed by the server while a block runs
    const lines = await (await fetch(url, { headers: { connection: 'close' } })).text();
    return lines
      .split('\n')
      .filter((line) => line.startsWith('export '))
      .join('\n');
  }

  const local = blocks.filter((block) => usesLocalCloud(block) && !cannotRun(block));
  test.each(local.map((block) => [`${block.path}, ${block.heading}`, block]))('does well: %s', async (_, { text }) => {
    const exports = await freshExports();
    const [, envFile = ''] = /--env-file (\S+)/.exec(output) ?? [];
    // what a person's own variables are for is tried with those of the local cloud
    const lines = text.replaceAll(/^npm run du -- (?!.*--env-file).*$/gm, (line) => `${line} --env-file ${envFile}`);

    const { status, stdout, stderr } = spawnSync(
      'bash',
      ['--norc', '-eu', '-o', 'pipefail', '-c', `${exports}\n${lines}`],
      {
        encoding: 'utf8',
        input: '',
      },
    );

    expect(status, `${stdout}\n${stderr}`).toBe(0);
    for (const [, code] of stdout.matchAll(/^HTTP\/1\.1 (\d+)/gm)) expect(code, stdout).toMatch(/^2/);
  });
});
