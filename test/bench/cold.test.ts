import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCloud } from '../cloud/cloud.ts';
import type { ColdRun } from './cold-process.ts';
import { bundleContenders, cancelEvent } from './contenders.ts';
import { startNetwork } from './network.ts';
import { runOnce } from './processes.ts';
import { bundlePrograms } from './programs.ts';
import { median } from './statistics.ts';

test.each([{ encrypted: true }, { encrypted: false }])(
  'every contender of the benchmark cancels the task that it is given (TLS: $encrypted)',
  async ({ encrypted }) => {
    const cloud = await startCloud();
    const network = startNetwork({ tls: encrypted });
    const folder = mkdtempSync(join(tmpdir(), 'du-bench-'));
    onTestFinished(async () => {
      rmSync(folder, { recursive: true });
      network.close();
      await cloud.close();
    });
    const certificateFile = join(folder, 'certificate.pem');
    writeFileSync(certificateFile, network.certificate ?? '');
    const variables = {
      ...cloud.environment(),
      HW_AUTH_URL: await network.through(cloud.iamUrl),
      SFS_TURBO_ENDPOINT: await network.through(cloud.sfsTurboUrl),
      ...(encrypted ? { NODE_EXTRA_CA_CERTS: certificateFile } : {}),
    };
    const { projectId, accessKey, secretKey } = cloud;
    const shareId = cloud.addShare();
    const contenders = await bundleContenders({ variables, projectId, accessKey, secretKey, shareId }, folder);
    const programs = await bundlePrograms(folder);
    const taskIds = contenders.map(() => cloud.addTask(shareId));

    for (const [index, { bundle, variables: own }] of contenders.entries()) {
      const event = JSON.stringify(cancelEvent(shareId, taskIds[index] ?? ''));
      await runOnce<ColdRun>([programs.cold, bundle.file, event], own);
    }

    expect(cloud.deletedTaskIds).toEqual(taskIds);
  },
);

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
