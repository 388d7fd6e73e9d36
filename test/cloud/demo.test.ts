import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { copyProject } from '../bundles/bundles.ts';
import { startCommand } from '../support/commands.ts';
import { FOREIGN_VARIABLES } from '../support/foreign-variables.ts';

describe('npm run demo', { timeout: 120_000 }, () => {
  test('succeeds in a shell and beside a .env full of foreign variables, and fits 100 columns', async () => {
    const project = copyProject();
    onTestFinished(project.remove);
    cpSync('test', join(project.folder, 'test'), { recursive: true });
    const lines = Object.entries(FOREIGN_VARIABLES).map(([name, value]) => `${name}="${value}"\n`);
    writeFileSync(join(project.folder, '.env'), lines.join(''));

    const running = startCommand(
      process.execPath,
      ['--import', 'tsx', 'test/cloud/demo.ts'],
      FOREIGN_VARIABLES,
      project.folder,
    );

    expect(await running.ended, running.output()).toEqual({ code: 0, signal: null });
    const output = running.output();
    expect(output.split('\n').filter((line) => line.length > 100)).toEqual([]);
    expect(output).not.toMatch(/[0-9a-f]{12}/);
    expect(output).toContain('[1 ! Stop and delete it] [2 Keep it]');
    expect(output).toContain('# SFS Turbo sweep: tasks were deleted');
    expect(output).toContain('The task that measured `/media` was stopped and deleted.');
    expect(output).toMatch(/\/audit\/2026 .* protected/);
    expect(output).toMatch(/\/auditor .* due/);
    expect(output).toMatch(/ok +partner +tasks of big/);
    expect(output).toMatch(/Give the share with its target: north\/big, east\/big,\s+partner\/big/);
    expect(output).toMatch(/Deleted: .* of partner\/big/);
    expect(running.leftFolders()).toEqual([]);
  });

  test('shows what the functions logged when something is not as expected', async () => {
    const script = "require('./test/cloud/demonstration.ts').demo({ SWEEP_MIN_AGE: 'soon' })";

    const running = startCommand(process.execPath, ['--import', 'tsx', '--eval', script]);

    expect((await running.ended).code).toBe(1);
    expect(running.output()).toMatch(/Not as expected\. The functions logged:\n[\s\S]*SWEEP_MIN_AGE/);
  });
});
