import { say, toShown, type Words } from '../../core/words.ts';
import type { FailedTask, NamedTask } from '../task-view.ts';
import type { Texts } from '../texts/texts.ts';
import { type Item, text } from './message.ts';

/** Says what became of a task, whose line is one of several. */
type ToLine<T> = (task: T, texts: Texts) => Words;

// a paragraph of Slack has at most 3,000 characters, and escaping makes up to five of one
const MAX_PATH_CHARS = 80;
const LINES_PER_PARAGRAPH = 3;

/** A heading with the number of the tasks, then each of them in a line. Nothing without any. */
export function section<T>(
  heading: (count: number) => Words,
  tasks: readonly T[],
  toLine: ToLine<T>,
  texts: Texts,
): readonly Item[] {
  if (tasks.length === 0) return [];
  const lines = tasks.map((task) => toLine(task, texts));
  const paragraphs = Math.ceil(lines.length / LINES_PER_PARAGRAPH);
  const parts = Array.from({ length: paragraphs }, (_, index) => {
    const first = index * LINES_PER_PARAGRAPH;
    return text(...lines.slice(first, first + LINES_PER_PARAGRAPH));
  });
  return [text(heading(tasks.length)), ...parts];
}

/** By path and id, in a message that names the share itself. */
export function nameOf({ path, taskId }: NamedTask, texts: Texts): Words {
  return texts.named(pathOf(path, texts), taskId, undefined);
}

export function nameInShareOf({ share, path, taskId }: NamedTask, texts: Texts): Words {
  return texts.named(pathOf(path, texts), taskId, share.label);
}

export function idOf(taskId: string): Words {
  return say`${taskId}`;
}

/** The reason behind the name. */
export function withReason(name: ToLine<NamedTask>): ToLine<FailedTask> {
  return (task, texts) => texts.because(name(task, texts), texts.whyFailed[task.why], task.errCode);
}

function pathOf(path: string, texts: Texts): Words {
  const shown = toShown(path, MAX_PATH_CHARS);
  return shown === '' ? texts.noPath : texts.path(shown);
}
