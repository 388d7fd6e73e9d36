import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { copyProject, serverless } from '../../bundles/bundles.ts';

test('packaging leaves nothing in the temporary folder', async () => {
  const { folder, remove } = copyProject();
  onTestFinished(remove);
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);

  await serverless(folder, ['package'], { TMPDIR: temporary });

  expect(readdirSync(join(folder, '.serverless'))).toContain('http.zip');
  expect(readdirSync(temporary)).toEqual([]);
});
