import { expect, test } from 'vitest';
import { judgeShare, type PolicySettings, type Verdict } from '../../lib/policy.ts';
import { TASK_STATUSES, type TaskRecord, toTaskRecord } from '../../lib/task.ts';
import { createRandom } from '../random.ts';
import { type RawTask, type Ruling, ruleOn } from './policy-oracle.ts';

const NOW_MS = Date.parse('2026-03-01T12:00:00Z');
const LISTS = 100_000;
const HOUR_MS = 3_600_000;
const ago = (hours: number): string => new Date(NOW_MS - hours * HOUR_MS).toISOString().slice(0, 19).replace('T', ' ');

const TIMES: readonly unknown[] = [
  ...[
    '0001-01-01 00:00:00',
    '1970-01-01 00:00:00',
    '2023-07-31 23:59:59',
    '2023-08-01 00:00:00',
    '9999-12-31 23:59:59',
  ],
  ...[
    '2025-02-30 00:00:00',
    '2025-01-01 24:00:00',
    '2025-01-01T00:00:00Z',
    'soon',
    '',
    undefined,
    null,
    0,
    1_700_000_000,
  ],
  ...[0, 1 / 3_600, -1 / 3_600, 1, 23, 24 - 1 / 3_600, 24, 24 + 1 / 3_600, 30, 48, 71, 72, 73, 100, 1_000].map(ago),
];
const SOUND_TIMES = [0, 1, 23, 24, 25, 30, 48, 71, 72, 73, 100, 1_000].map(ago);
const STATUSES: readonly unknown[] = [...TASK_STATUSES, ...TASK_STATUSES, 'PAUSED', '', undefined, 'success', 1];
const PATHS: readonly unknown[] = ['/a', '/a', '/a', '/b', '/a/', '/A', '', undefined, 7, '__proto__'];

function generate(random: () => number): { list: readonly RawTask[]; settings: PolicySettings } {
  const pick = <T>(values: readonly T[]): T | undefined => values[Math.floor(random() * values.length)];
  const list = Array.from({ length: Math.floor(random() * 7) }, (_, index) => ({
    task_id:
      random() < 0.05 ? pick(['', '../up', 'a b', undefined, 7]) : `task-${Math.floor(random() * 90) + 10}-${index}`,
    status: random() < 0.8 ? pick(TASK_STATUSES) : pick(STATUSES),
    dir_usage: random() < 0.95 ? { path: pick(PATHS) } : pick([undefined, null, '/a', {}]),
    begin_time: random() < 0.6 ? pick(SOUND_TIMES) : pick(TIMES),
    end_time: random() < 0.6 ? pick(SOUND_TIMES) : pick(TIMES),
  }));
  const settings = {
    statuses: new Set(TASK_STATUSES.filter(() => random() < 0.7)),
    minAgeMs: (pick([0, 1, 24, 48]) ?? 0) * HOUR_MS,
    doingMinAgeMs: (pick([0, 1, 72, 100]) ?? 0) * HOUR_MS,
    keepLatest: pick([0, 1, 1, 2, 3]) ?? 0,
  };
  return { list, settings };
}

function rulingOf(verdict: Verdict): Ruling {
  if (verdict.type === 'due') return 'due';
  if (verdict.type === 'skip') return 'invalid';
  return verdict.reason === 'newest_of_path' ? 'newest' : 'stays';
}

test('an oracle of its own agrees with the policy about 100,000 lists', () => {
  const random = createRandom(20_260_301);
  const seen = new Map<Ruling, number>();

  for (let n = 0; n < LISTS; n += 1) {
    const { list, settings } = generate(random);
    const tasks = list.map(toTaskRecord).filter((task): task is TaskRecord => task !== undefined);
    const rulings = judgeShare(tasks, settings, NOW_MS).map(rulingOf);
    const expected = ruleOn(list, settings, NOW_MS);
    if (rulings.join() !== expected.join())
      expect({ list, settings, rulings }).toEqual({ list, settings, rulings: expected });
    for (const ruling of rulings) seen.set(ruling, (seen.get(ruling) ?? 0) + 1);
  }

  for (const ruling of ['due', 'newest', 'stays', 'invalid'] as const) expect(seen.get(ruling)).toBeGreaterThan(5_000);
});
