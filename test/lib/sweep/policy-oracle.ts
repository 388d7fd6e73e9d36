import type { PolicySettings } from '../../../lib/sweep/policy.ts';

/** A record as the service sends it. */
export type RawTask = Readonly<Record<string, unknown>>;

/** What must become of a record: deleted, kept as a newest result, kept for age or status, or not believed. */
export type Ruling = 'due' | 'newest' | 'stays' | 'invalid';

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

/**
 * Since when a task is what it is, as text; nothing when the record is not to be believed. An end means nothing while a task
 * runs, but one that is no credible text still makes the whole record one in doubt.
 */
function sinceOf(raw: RawTask, now: string): string | undefined {
  const { task_id: id, status, begin_time: begin, end_time: end } = raw;
  const path = pathOf(raw);
  if (typeof id !== 'string' || id.length > 64 || !/^[\dA-Za-z-]+$/.test(id) || id.includes('\n')) return undefined;
  if (status !== 'SUCCESS' && status !== 'FAIL' && status !== 'DOING') return undefined;
  if (typeof path !== 'string' || path === '') return undefined;
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
export function ruleOn(list: readonly RawTask[], settings: PolicySettings, nowMs: number): readonly Ruling[] {
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
    if (since === undefined) return 'invalid';
    const minAgeMs = status === 'DOING' ? settings.doingMinAgeMs : settings.minAgeMs;
    const isSwept = [...settings.statuses].some((swept) => swept === status);
    if (!isSwept || since > written(nowMs - minAgeMs)) return 'stays';
    const ofItsPath = newestFirst.filter((place) => pathOf(list[place] ?? {}) === pathOf(raw));
    const place = ofItsPath.indexOf(index);
    return place >= 0 && place < settings.keepLatest ? 'newest' : 'due';
  });
}
