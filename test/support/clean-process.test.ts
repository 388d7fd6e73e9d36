import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { FOREIGN_VARIABLES } from './foreign-variables.ts';

const INNER = process.env['VITEST_INNER'] === 'yes';

test('tests see none of the variables that a shell may have exported', () => {
  const names = Object.keys(FOREIGN_VARIABLES);

  expect(names.filter((name) => process.env[name] !== undefined)).toEqual([]);
});

test.skipIf(INNER)('that holds in a shell full of them, and no folder stays', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'du-shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const args = ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/vitest.config.mts'];
  const { PATH = '', HOME = '' } = process.env;
  const env = { ...FOREIGN_VARIABLES, PATH, HOME, TMPDIR: folder, VITEST_INNER: 'yes' };

  const { stdout } = await promisify(execFile)(process.execPath, [...args, 'test/support/clean-process.test.ts'], {
    env,
  });

  expect(stdout).toContain('1 passed');
  expect(readdirSync(folder)).toEqual([]);
});
