import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { CONTENDERS } from './contenders.ts';
import type { Figure } from './figures.ts';
import { PARTS } from './options.ts';
import type { Target } from './targets.ts';

const NAMES = Object.keys(CONTENDERS);
// it starts some forty processes, on a machine that other tests keep busy
const TIMEOUT_MS = 180_000;

async function bench(...args: readonly string[]): Promise<{ readonly stdout: string; readonly stderr: string }> {
  return promisify(execFile)(process.execPath, ['--import', 'tsx', 'test/bench/bench.ts', ...args]);
}

test.concurrent(
  'the benchmark in its smallest form measures every contender in every part, and names its targets',
  async () => {
    const { stdout, stderr } = await bench('--smoke', '--round-trip', '2', '--json');

    const found = JSON.parse(stdout);
    expect(Object.keys(found)).toEqual(expect.arrayContaining([...PARTS]));
    const figures: readonly Figure[] = [...found.cold, ...found.first, ...found.warm, ...found.apart];
    const complete = Object.fromEntries(NAMES.map((name) => [name, expect.any(Number)]));
    expect(figures.map(({ of }) => of)).toEqual(figures.map(() => complete));
    expect(found.sweep).toMatchObject([{ deleted: 100 }, { deleted: 200 }]);
    expect(found.targets).toMatchObject([{ deleted: 100 }, { deleted: 100 }, { deleted: 200 }, { deleted: 200 }]);
    const targets: readonly Target[] = found.goals;
    expect(targets.map(({ reached }) => reached)).toEqual(targets.map(() => expect.any(Number)));
    expect(targets).toHaveLength(19);
    expect(stderr).toBe('');
  },
  TIMEOUT_MS,
);

test.concurrent(
  'chosen parts are printed as tables with a column for each contender, then the ratios and the targets',
  async () => {
    const { stdout } = await bench('sweep', 'cold', '--smoke', '--round-trip', '2', '--plain');

    const titles = [...stdout.matchAll(/^(Cold|First|Warm|Calls|Sweep|Bundles|Summary|Targets)\b/gm)];
    expect(titles.map(([title]) => title)).toEqual(['Cold', 'Sweep', 'Summary', 'Targets']);
    expect(stdout).toMatch(new RegExp(`^ +${NAMES.join(' +')}$`, 'm'));
    expect(stdout).toMatch(/^ +ours ÷ theirs +bare agent/m);
    expect(stdout).toMatch(/^ +sweep, 32 in flight: growth, MiB +below 64 /m);
    expect(stdout).not.toMatch(/NaN|undefined/);
  },
  TIMEOUT_MS,
);

test.concurrent('of a part that it does not have it says so, with its usage and without a stack', async () => {
  const failure = await bench('tepid').catch((error: unknown) => error);

  expect(failure).toMatchObject({ code: 1, stderr: expect.stringMatching(/^there is no part tepid\n\nnpm run bench/) });
});
