import { posix } from 'node:path';
import type { PolicySettings } from '../../../lib/config/policy.ts';
import { HOUR_MS } from '../../support/sweep-instance.ts';

/** A record as the service sends it. */
export type RawTask = Readonly<Record<string, unknown>>;

/** A rule as SWEEP_RULES has it, with ages in whole hours. */
export interface RawRule {
  readonly shares?: readonly string[];
  readonly path_prefix?: string;
  readonly protect?: true;
  readonly statuses?: readonly ('SUCCESS' | 'FAIL' | 'DOING')[];
  readonly min_age?: `${number}h`;
  readonly doing_min_age?: `${number}h`;
  readonly keep_latest?: number;
}

/** What must become of a record: deleted, kept as a newest result, kept for age or status, or by a rule, or not believed. */
export type Ruling = 'due' | 'newest' | 'stays' | 'protected' | 'invalid';

/** Whole seconds, as the service writes them; so old that no file system with this API is older. */
const FIRST_TIME = '2023-08-01 00:00:00';

const written = (atMs: number): string => new Date(atMs).toISOString().slice(0, 19).replace('T', ' ');

/** Whether the text is a moment that the service can have written down by now. Text in this form sorts by time. */
function isCredible(text: unknown, now: string): text is string {
  if (typeof text !== 'string' || text.length !== FIRST_TIME.length) return false;
  const [year, month, day, hour, minute, second] = text.split(/[- :]/).map(Number);
  const atMs = Date.UTC(year ?? 0, (month ?? 0) - 1, day, hour, minute, second);
  return !Number.isNaN(atMs) && written(atMs) === text && text >= FIRST_TIME && text <= now;
}

const isMissing = (value: unknown): boolean => value === undefined || value === null || value === '';

const pathOf = (raw: RawTask): unknown => {
  const usage = raw['dir_usage'];
  return typeof usage === 'object' && usage !== null && 'path' in usage ? usage.path : undefined;
};

const looksOf = (text: string): string => text.replaceAll(/\p{Cf}/gu, '').normalize('NFC');

/** The rule of a path; `invalid` where the path, put in order, would have another. */
function ruleOf(path: string, rules: readonly RawRule[], shareId: string): RawRule | 'invalid' | undefined {
  const mine = rules.filter(({ shares }) => shares === undefined || shares.includes(shareId));
  const first = (of: string, toPrefix: (prefix: string) => string): RawRule | undefined =>
    mine.find(({ path_prefix: prefix }) => {
      if (prefix === undefined) return true;
      return of.startsWith(toPrefix(prefix)) || toPrefix(prefix) === `${of}/`;
    });
  const written = first(path, (prefix) => prefix);
  const meant = first(posix.join('/', looksOf(path)), looksOf);
  return written === meant ? written : 'invalid';
}

/** The general settings with what a rule says laid over them. */
function settingsUnder(settings: PolicySettings, rule: RawRule | undefined): PolicySettings {
  const { statuses, min_age: minAge, doing_min_age: doingMinAge, keep_latest: keepLatest } = rule ?? {};
  return {
    ...settings,
    ...(statuses !== undefined && { statuses: new Set(statuses) }),
    ...(minAge !== undefined && { minAgeMs: Number.parseInt(minAge, 10) * HOUR_MS }),
    ...(doingMinAge !== undefined && { doingMinAgeMs: Number.parseInt(doingMinAge, 10) * HOUR_MS }),
    ...(keepLatest !== undefined && { keepLatest }),
  };
}

/** Whether a record can be told from others: by its id, its status and its path. */
function isKnown({ task_id: id, status }: RawTask, path: unknown): path is string {
  if (typeof id !== 'string' || id.length > 64 || !/^[\dA-Za-z-]+$/.test(id) || id.includes('\n')) return false;
  if (status !== 'SUCCESS' && status !== 'FAIL' && status !== 'DOING') return false;
  return typeof path === 'string' && path !== '';
}

/**
 * Since when a task is what it is, as text; nothing when the record is not to be believed. An end means nothing while a task
 * runs, but one that is no credible text still makes the whole record one in doubt.
 */
function sinceOf(raw: RawTask, now: string): string | undefined {
  const { status, begin_time: begin, end_time: end } = raw;
  if (!isKnown(raw, pathOf(raw))) return undefined;
  if (!isCredible(begin, now)) return undefined;
  if (isMissing(end)) return begin;
  if (!isCredible(end, now)) return undefined;
  if (status === 'DOING') return begin;
  return end < begin ? undefined : end;
}

/**
 * A second opinion on the policy of the sweep, written from its description alone and not from the code that it checks: it
 * works on the service's own records and compares times as texts.
 */
export function ruleOn(
  list: readonly RawTask[],
  general: PolicySettings,
  nowMs: number,
  rules: readonly RawRule[] = [],
  shareId = '',
): readonly Ruling[] {
  const now = written(nowMs);
  const sinces = list.map((raw) => sinceOf(raw, now));
  const newestFirst = [...list.keys()]
    .filter((index) => sinces[index] !== undefined && list[index]?.['status'] === 'SUCCESS')
    .sort((a, b) => {
      const [sinceA = '', sinceB = ''] = [sinces[a], sinces[b]];
      if (sinceA !== sinceB) return sinceA < sinceB ? 1 : -1;
      return String(list[a]?.['task_id']) < String(list[b]?.['task_id']) ? -1 : 1;
    });
  return list.map((raw, index) => {
    const since = sinces[index];
    const status = raw['status'];
    const path = pathOf(raw);
    if (typeof path !== 'string' || path === '') return 'invalid';
    const rule = ruleOf(path, rules, shareId);
    if (rule === 'invalid') return 'invalid';
    if (rule?.protect) return 'protected';
    if (since === undefined) return 'invalid';
    const settings = settingsUnder(general, rule);
    const minAgeMs = status === 'DOING' ? settings.doingMinAgeMs : settings.minAgeMs;
    const isSwept = [...settings.statuses].some((swept) => swept === status);
    if (!isSwept || since > written(nowMs - minAgeMs)) return 'stays';
    const ofItsPath = newestFirst.filter((place) => pathOf(list[place] ?? {}) === pathOf(raw));
    const place = ofItsPath.indexOf(index);
    return place >= 0 && place < settings.keepLatest ? 'newest' : 'due';
  });
}
