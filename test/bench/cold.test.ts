import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';
import { startCloud } from '../cloud/cloud.ts';
import type { ColdRun } from './cold-process.ts';
import { bundleContenders, cancelEvent } from './contenders.ts';
import { runOnce } from './processes.ts';
import { median } from './statistics.ts';

test('every contender of the benchmark cancels the task that it is given', async () => {
  const cloud = await startCloud();
  const folder = mkdtempSync(join(tmpdir(), 'du-bench-'));
  onTestFinished(async () => {
    rmSync(folder, { recursive: true });
    await cloud.close();
  });
  const { projectId, accessKey, secretKey } = cloud;
  const shareId = cloud.addShare();
  const facts = { variables: cloud.environment(), projectId, accessKey, secretKey, shareId };
  const contenders = await bundleContenders(facts, folder);
  const program = join(folder, 'cold-process.js');
  await build({
    entryPoints: ['test/bench/cold-process.ts'],
    outfile: program,
    platform: 'node',
    format: 'cjs',
    bundle: true,
  });
  const taskIds = contenders.map(() => cloud.addTask(shareId));

  for (const [index, { bundle, variables }] of contenders.entries()) {
    const event = JSON.stringify(cancelEvent(shareId, taskIds[index] ?? ''));
    await runOnce<ColdRun>([program, bundle.file, event], variables);
  }

  expect(cloud.deletedTaskIds).toEqual(taskIds);
});

test.each([
  { values: [3, 1, 2], middle: 2 },
  { values: [4, 1, 3, 2], middle: 2.5 },
  { values: [7], middle: 7 },
])('the median of $values is $middle', ({ values, middle }) => {
  expect(median(values)).toBe(middle);
});

test('of no values there is no median', () => {
  expect(() => median([])).toThrow(RangeError);
});
