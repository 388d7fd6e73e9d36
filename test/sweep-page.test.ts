import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readTimerConfig } from '../lib/config/read-config.ts';
import { readSweep } from '../lib/config/sweep.ts';
import type { SweepSummary } from '../lib/sweep/summary.ts';
import type { TaskReport } from '../lib/sweep/task-report.ts';
import { prepareSweep } from './support/sweeping.ts';
import { faultsIn, LEAST_VARIABLES, lookupIn, settingsIn } from './support/variables.ts';

const page = readFileSync('docs/sweep.md', 'utf8');

/** The first cells of the rows below this header, without backticks. */
function firstCellsUnder(header: string): readonly string[] {
  const [, below = ''] = page.split(`${header}\n`);
  const [, ...rows] = below.split('\n\n', 1)[0]?.split('\n') ?? [];
  return rows.flatMap((row) => row.split('|')[1]?.replaceAll('`', '').trim().split(', ') ?? []);
}

describe('the page about the sweep', () => {
  test('has short lines, and not too many', () => {
    const lines = page.split('\n');

    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
  });

  test('names every variable of the policy', () => {
    const asked = new Set<string>();
    readSweep((name) => {
      asked.add(name);
      return lookupIn({ ...LEAST_VARIABLES, SWEEP_SHARES: '*' })(name);
    });

    expect(firstCellsUnder('| variable | what it decides | default |').toSorted()).toEqual([...asked].toSorted());
  });

  test('names the members of a rule', () => {
    const faults = faultsWith('[{"protect":true,"other":1}]');

    const [, known = ''] = faults[0]?.split('known: ') ?? [];
    expect(firstCellsUnder('| member | meaning |')).toEqual(known.split(', '));
  });

  test('has three examples of rules, each of which is one', () => {
    const examples = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, json = '']) => json);

    const rules = examples.map((json) => {
      const variables = { ...LEAST_VARIABLES, SWEEP_SHARES: '*', SHARE_ALIASES: 'prod=a', SWEEP_RULES: json };
      return settingsIn(readSweep(lookupIn(variables))).sweep.rules.length;
    });

    expect(rules).toEqual([1, 1, 3]);
  });

  test('repeats a fault as the function tells it', () => {
    const faults = faultsWith('[{"protect":true},{"protect":true},{"min_age":"1w"}]');

    expect(faults).toHaveLength(1);
    expect(page).toContain(`\`${faults[0]}\``);
  });

  test('names every member of the summary, and every reason', async () => {
    const { sweep } = await prepareSweep({ variables: { SWEEP_DRY_RUN: 'true' } });
    // a sweep has no filters
    const reasons: Readonly<Record<Exclude<TaskReport['reason'], 'filtered'>, true>> = {
      ...{ due: true, over_cap: true, protected: true, status_not_swept: true, too_young: true, newest_of_path: true },
      ...{ finished: true, gone: true, odd_id: true, unknown_status: true, no_path: true, odd_path: true },
      ...{ time_missing: true, time_unreadable: true, time_in_future: true, times_contradict: true },
    };

    const { event: _event, ...members }: SweepSummary = await sweep({ dry_run: false });

    const [, summary = ''] = page.split('the summary:\n\n| member | meaning |\n');
    const named = [
      ...summary
        .split('\n\n', 1)
        .join()
        .matchAll(/^\| `(\w+)`/gm),
    ].map(([, name]) => name);
    expect(named.toSorted()).toEqual(Object.keys(members).toSorted());
    expect(firstCellsUnder('| reason | verdict | counted in |').toSorted()).toEqual(Object.keys(reasons).toSorted());
  });
});

function faultsWith(rules: string): readonly string[] {
  return faultsIn(readSweep(lookupIn({ ...LEAST_VARIABLES, SWEEP_SHARES: '*', SWEEP_RULES: rules })));
}

test('the defaults of the page are those of the code', () => {
  const least = { ...LEAST_VARIABLES, SWEEP_SHARES: '*' };
  const rows = [...page.matchAll(/^\| `((?:SWEEP|ALLOWED)_\w+)` \| .* \| `([^`]+)` \|$/gm)];

  expect(rows.length).toBeGreaterThan(7);
  for (const [, name = '', value = ''] of rows) {
    expect(readTimerConfig(lookupIn({ ...least, [name]: value })), name).toEqual(readTimerConfig(lookupIn(least)));
  }
});
