import { afterAll, beforeAll, expect, test } from 'vitest';
import { packageService } from '../bundles/bundles.ts';
import { run, tool } from './account.ts';

const TEMPLATES = ['cloudformation-template-create-stack.json', 'cloudformation-template-update-stack.json'];

let packaged: Awaited<ReturnType<typeof packageService>>;
beforeAll(async () => {
  packaged = await packageService({ ALARM_EMAIL: 'duty@example.com' }, 'prod', ['sweepReservedConcurrency=1']);
});
afterAll(() => packaged?.remove());

function check(name: string, args: readonly string[]) {
  return run(tool(name), args, packaged.folder, { PATH: process.env['PATH'] ?? '', HOME: packaged.folder });
}

test('cfn-lint has nothing to say of the templates', async () => {
  const { code, output } = await check('cfn-lint', TEMPLATES);

  expect(output).toBe('');
  expect(code).toBe(0);
});

test('checkov finds nothing that is not there for a reason', async () => {
  const files = TEMPLATES.slice(1).flatMap((name) => ['-f', name]);

  // it would ask its maker for guidelines
  const { output } = await check('checkov', [
    ...files,
    '--framework',
    'cloudformation',
    '--skip-download',
    '-o',
    'json',
  ]);

  const { results, summary } = JSON.parse(output.slice(output.indexOf('{')));
  expect(results.failed_checks.map((it: Failed) => `${it.check_id} ${it.resource}`)).toEqual([]);
  expect(summary.passed).toBeGreaterThan(50);
  for (const { check_result } of results.skipped_checks) expect(check_result.suppress_comment).toMatch(/\w+ \w+/);
});

interface Failed {
  readonly check_id: string;
  readonly resource: string;
}
