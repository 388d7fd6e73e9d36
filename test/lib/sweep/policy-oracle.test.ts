import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { PolicySettings } from '../../../lib/config/policy.ts';
import { rulesWithin, toRule } from '../../../lib/config/rules.ts';
import { parseShareId, TASK_STATUSES } from '../../../lib/core/task.ts';
import { toTaskRecord } from '../../../lib/sfs-turbo/records.ts';
import { judgeTasks } from '../../../lib/sweep/policy.ts';
import { type PolicyOf, policiesOf } from '../../../lib/sweep/rules.ts';
import type { Verdict } from '../../../lib/tasks/deleting/verdict.ts';
import { formatTaskTime } from '../../cloud/shares.ts';
import { createDice, type Dice } from '../../support/random.ts';
import { DAY_MS, HOUR_MS } from '../../support/sweep-instance.ts';
import { type RawRule, type RawTask, type Ruling, ruleOn } from './policy-oracle.ts';

const LISTS = 100_000;

interface Scene {
  readonly list: readonly RawTask[];
  readonly settings: PolicySettings;
  readonly rules: readonly RawRule[];
  readonly nowMs: number;
}

const ZERO_TIMES = [
  '0001-01-01 00:00:00',
  '1970-01-01 00:00:00',
  '0000-00-00 00:00:00',
  '2023-07-31 23:59:59',
] as const;
const MALFORMED = [
  'soon',
  '2025-02-30 00:00:00',
  '2025-06-01T00:00:00Z',
  '2025-06-01 24:00:00',
  1_750_000_000,
  {},
] as const;

const PATHS = [
  ...['/a', '/a', '/a', '/b', '/a/', '/audit', '/audit', '/audit/x', '/auditor', '/caf\u00e9/x', '/'],
  // written for one rule, and perhaps meant for another
  ...['/b/../audit/x', 'audit/x', '//audit', '/audit/../b', '/./a', '/cafe\u0301/x', '/au\u200bdit/x', '/..', '..'],
] as const;
const PREFIXES = ['/audit/', '/audit', '/a', '/b/', '/caf\u00e9/', '/cafe\u0301', '/cafe', '/'] as const;
const SHARE = parseShareId('share-1');

function createRule(dice: Dice): RawRule {
  const scope = {
    ...(dice.happens(0.3) && { shares: dice.oneOf([['share-1'], ['share-2', 'share-1'], ['share-2']]) }),
    ...(dice.happens(0.8) && { path_prefix: dice.oneOf(PREFIXES) }),
  };
  if (dice.happens(0.4)) return { ...scope, protect: true };
  return {
    ...scope,
    keep_latest: dice.below(3),
    ...(dice.happens(0.4) && { statuses: dice.oneOf([['SUCCESS'], ['FAIL', 'DOING']] as const) }),
    ...(dice.happens(0.4) && { min_age: dice.oneOf(['1h', '25h'] as const) }),
    ...(dice.happens(0.4) && { doing_min_age: dice.oneOf(['1h', '72h'] as const) }),
  };
}

const schema = rulesWithin({ aliases: new Map(), allowed: '*' });

function policiesUnder(settings: PolicySettings, rules: readonly RawRule[]): PolicyOf {
  const read = v.parse(schema, JSON.stringify(rules));
  return policiesOf(SHARE, { ...settings, rules: read.map((rule) => toRule(rule, settings)) });
}

function createScene(dice: Dice): Scene {
  const nowMs = Date.UTC(2026, 2, 1, 12) + dice.below(2_000);
  const statuses = TASK_STATUSES.filter(() => dice.happens(0.7));
  const settings = {
    statuses: new Set(statuses),
    minAgeMs: dice.oneOf([1, 24, 25]) * HOUR_MS,
    doingMinAgeMs: dice.oneOf([1, 24, 72]) * HOUR_MS,
    keepLatest: dice.below(4),
  };
  const list = Array.from({ length: dice.below(9) }, (_, index) => createTask(dice, index, nowMs, settings));
  const rules = dice.happens(0.4) ? [] : Array.from({ length: 1 + dice.below(3) }, () => createRule(dice));
  return { list, settings, rules, nowMs };
}

function createTask(dice: Dice, index: number, nowMs: number, settings: PolicySettings): RawTask {
  const ids = [`${dice.below(90)}-${index}`, `a${index}`, `B${index}`] as const;
  const path = dice.oneOf(PATHS);
  return {
    task_id: dice.happens(0.95)
      ? dice.oneOf(ids)
      : dice.oneOf<unknown>(['', `a/${index}`, `${index}\n`, 'x'.repeat(65), index, null]),
    status: dice.happens(0.95)
      ? dice.oneOf(['SUCCESS', 'SUCCESS', 'SUCCESS', 'FAIL', 'DOING'])
      : dice.oneOf(['success', 'PAUSED', '', undefined]),
    dir_usage: dice.happens(0.95) ? { path } : dice.oneOf<unknown>([{ path: '' }, {}, null, undefined, { path: 7 }]),
    begin_time: createTime(dice, nowMs, settings, 0.03),
    end_time: createTime(dice, nowMs, settings, 0.2),
  };
}

function createTime(dice: Dice, nowMs: number, { minAgeMs, doingMinAgeMs }: PolicySettings, absent: number): unknown {
  if (dice.happens(absent)) return dice.oneOf(['', null, undefined]);
  if (dice.happens(0.08)) return dice.oneOf(ZERO_TIMES);
  if (dice.happens(0.04)) return dice.oneOf(MALFORMED);
  if (dice.happens(0.03)) return '2023-08-01 00:00:00';
  const atMs = nowMs - dice.oneOf([0, minAgeMs, doingMinAgeMs, doingMinAgeMs, 100 * HOUR_MS, 20 * DAY_MS]);
  return formatTaskTime(atMs + (dice.below(5) - 2) * 1_000);
}

function rulingOf(verdict: Verdict | undefined): Ruling | undefined {
  switch (verdict?.type) {
    case 'due':
      return 'due';
    case 'keep':
      if (verdict.reason === 'protected') return 'protected';
      return verdict.reason === 'newest_of_path' ? 'newest' : 'stays';
    case 'skip':
      return 'invalid';
    default:
      return undefined;
  }
}

test(`the policy and a second opinion on it agree on ${LISTS} lists, under rules or none, zero times and odd paths among them`, () => {
  const seen: Record<Ruling, number> = { due: 0, newest: 0, stays: 0, protected: 0, invalid: 0 };
  const differing: unknown[] = [];

  for (let seed = 1; seed <= LISTS; seed += 1) {
    const { list, settings, rules, nowMs } = createScene(createDice(seed));
    const records = list.map(toTaskRecord).filter((record) => record !== undefined);
    const judged = judgeTasks(records, policiesUnder(settings, rules), nowMs).map(({ verdict }) => rulingOf(verdict));
    const expected = ruleOn(list, settings, nowMs, rules, SHARE);
    for (const ruling of expected) seen[ruling] += 1;
    if (judged.join() !== expected.join()) differing.push({ seed, list, settings, rules, judged, expected });
  }

  expect(differing.slice(0, 3)).toEqual([]);
  // an opinion on nothing would agree with everything
  for (const ruling of Object.values(seen)) expect(ruling).toBeGreaterThan(10_000);
});

test.each(['0001-01-01 00:00:00', '1970-01-01 00:00:00', '2023-07-31 23:59:59'])(
  'both hold a task with the time %s for one in doubt',
  (time) => {
    const nowMs = Date.UTC(2026, 2, 1);
    const settings = { statuses: new Set(TASK_STATUSES), minAgeMs: 1, doingMinAgeMs: 1, keepLatest: 0 };
    const sound = {
      task_id: 'a',
      dir_usage: { path: '/a' },
      begin_time: '2026-01-01 00:00:00',
      end_time: '2026-01-01 00:01:00',
    };
    const list = ['SUCCESS', 'FAIL', 'DOING'].flatMap((status) => [
      { ...sound, status, begin_time: time },
      { ...sound, status, end_time: time },
    ]);

    const judged = judgeTasks(
      list.map(toTaskRecord).filter((record) => record !== undefined),
      () => settings,
      nowMs,
    );

    expect(judged.map(({ verdict }) => rulingOf(verdict))).toEqual(list.map(() => 'invalid'));
    expect(ruleOn(list, settings, nowMs)).toEqual(list.map(() => 'invalid'));
  },
);
