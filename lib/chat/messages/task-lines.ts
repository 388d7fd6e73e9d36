import { toLargestUnit } from '../../core/age.ts';
import { toSize } from '../../core/size.ts';
import type { Words } from '../../core/words.ts';
import type { ShownTask } from '../task-view.ts';
import type { Texts } from '../texts/texts.ts';

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

/** The words are the language's own: `Intl` puts no space between a number and a Chinese unit, and the other texts do. */
function toAge(ageMs: number, texts: Texts): string {
  const { count, unit } = toLargestUnit(ageMs);
  return texts.age(count, unit);
}
