import type { Words } from '../../core/words.ts';
import type { ShownTask } from '../task-view.ts';
import type { AgeUnit, Texts } from '../texts/texts.ts';

/** What most messages say about a task: its path, its state, and its id where it has a usable one. */
export function taskLines(task: ShownTask, texts: Texts): readonly Words[] {
  return [
    pathLine(task, texts),
    stateLine(task, texts),
    ...(task.taskId === undefined ? [] : [texts.taskId(task.taskId)]),
  ];
}

export function pathLine({ path }: ShownTask, texts: Texts): Words {
  return path === '' ? texts.noPath : texts.path(path);
}

export function stateLine({ status, ageMs, sizeBytes }: ShownTask, texts: Texts): Words {
  const age = ageMs === undefined ? undefined : toAge(ageMs, texts);
  const since = age === undefined ? undefined : status === 'DOING' ? texts.runningFor(age) : texts.ago(age);
  const size = sizeBytes === undefined ? undefined : toSize(sizeBytes);
  return texts.state(texts.statuses[status ?? 'unknown'], since, size);
}

const AGE_UNITS: readonly (readonly [AgeUnit, number])[] = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
];

/**
 * In the largest unit of which there are at least two, as people say it: 47 hours, then 2 days. The words are the
 * language's own, since `Intl` puts no space between a number and a Chinese unit and the other texts do.
 */
function toAge(ageMs: number, texts: Texts): string {
  const [unit, unitMs] = AGE_UNITS.find(([, lengthMs]) => ageMs >= 2 * lengthMs) ?? ['second', 1_000];
  return texts.age(Math.floor(ageMs / unitMs), unit);
}

const SIZE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** Not `pretty-bytes`: asked for one decimal it cuts the others off, so that 1.99 GiB would read as 1.9. */
function toSize(bytes: number): string {
  const power = bytes < 1 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), SIZE_UNITS.length - 1);
  return `${(bytes / 1_024 ** power).toFixed(power === 0 ? 0 : 1)} ${SIZE_UNITS[power] ?? 'B'}`;
}
