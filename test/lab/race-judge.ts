import type { PolicySettings } from '../../lib/config/policy.ts';
import type { Cloud, CloudRequest } from '../cloud/cloud.ts';
import { type RawRule, type RawTask, ruleOn } from '../lib/sweep/policy-oracle.ts';

/** One reading of a share's list, page by page; whole when a page was empty. */
interface Reading {
  tasks: readonly RawTask[];
  wholeAtMs: number | undefined;
}

interface Shown {
  readonly record: RawTask | undefined;
  readonly atMs: number;
}

export interface JudgeOptions {
  readonly cloud: Cloud;
  readonly clock: { readonly nowMs: number };
  readonly settings: PolicySettings;
  readonly rules: readonly RawRule[];
  /** With several requests under way nobody outside can tell which of two readings a DELETE knew of. */
  readonly isOnlyLatestKnown: boolean;
  /** How old the look at a running task may be when its DELETE arrives. */
  readonly lookMaxAgeMs: number;
}

export interface Judge {
  /** To be told of each request when the service is about to answer it. */
  readonly see: (request: CloudRequest) => void;
  /** What is wrong with a DELETE that has just arrived. */
  readonly complaintOf: (request: CloudRequest) => string | undefined;
  readonly readings: () => number;
  readonly looks: () => number;
}

const LIST_MAX_AGE_MS = 60_000;

/** Watches, from where the service stands, that each DELETE is due by what the service has shown. */
export function createJudge({ cloud, clock, settings, rules, isOnlyLatestKnown, lookMaxAgeMs }: JudgeOptions): Judge {
  const readings = new Map<string, Reading[]>();
  const shown = new Map<string, Shown>();

  function seePage(shareId: string, marker: string | undefined): void {
    const listed = cloud.listed(shareId);
    const ofShare = readings.get(shareId) ?? [];
    readings.set(shareId, ofShare);
    if (marker === undefined) ofShare.push({ tasks: [], wholeAtMs: undefined });
    const reading = ofShare.at(-1);
    if (reading === undefined) return;
    const start = marker === undefined ? 0 : listed.findIndex((task) => task['task_id'] === marker) + 1;
    // the marker's task is gone: this reading ends in a 404
    if (marker !== undefined && start === 0) return;
    const known = reading.tasks.findIndex((task) => task['task_id'] === marker) + 1;
    reading.tasks = [...reading.tasks.slice(0, known), ...listed.slice(start)];
    if (start >= listed.length) reading.wholeAtMs = clock.nowMs;
  }

  function isFresh(atMs: number | undefined, maxAgeMs: number): boolean {
    return atMs !== undefined && clock.nowMs >= atMs && clock.nowMs - atMs <= maxAgeMs;
  }

  function isDueBy({ tasks }: Reading, shareId: string, taskId: string): boolean {
    const rulingsOn = (list: readonly RawTask[]) => ruleOn(list, settings, clock.nowMs, rules, shareId);
    const index = tasks.findIndex((task) => task['task_id'] === taskId);
    if (rulingsOn(tasks)[index] !== 'due') return false;
    if (tasks[index]?.['status'] !== 'DOING') return true;
    const look = shown.get(taskId);
    if (look?.record === undefined || !isFresh(look.atMs, lookMaxAgeMs)) return false;
    return look.record['status'] === 'DOING' && rulingsOn([look.record])[0] === 'due';
  }

  return {
    see({ operation, path, query }) {
      const { shareId, taskId } = targetOf(path);
      if (operation === 'ListFsTasks') seePage(shareId, query['marker']);
      if (operation !== 'ShowFsTask') return;
      const record = cloud.listed(shareId).find((task) => task['task_id'] === taskId);
      shown.set(taskId, { record, atMs: clock.nowMs });
    },
    complaintOf({ path }) {
      const { shareId, taskId } = targetOf(path);
      const whole = (readings.get(shareId) ?? []).filter(({ wholeAtMs }) => wholeAtMs !== undefined);
      const known = isOnlyLatestKnown ? whole.slice(-1) : whole;
      const fresh = known.filter(({ wholeAtMs }) => isFresh(wholeAtMs, LIST_MAX_AGE_MS));
      if (fresh.length === 0) return `${taskId}: no list of its share is young enough`;
      return fresh.some((reading) => isDueBy(reading, shareId, taskId))
        ? undefined
        : `${taskId}: not due by what was shown`;
    },
    readings: () => [...readings.values()].flat().length,
    looks: () => shown.size,
  };
}

function targetOf(path: string): { readonly shareId: string; readonly taskId: string } {
  const [, shareId = '', taskId = ''] = /\/shares\/([^/]+)\/fs\/dir-usage\/tasks(?:\/([^/]+))?$/.exec(path) ?? [];
  return { shareId, taskId };
}
