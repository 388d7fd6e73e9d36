import { Presets, SingleBar } from 'cli-progress';
import type { Output } from './world.ts';

/** What a person sees of long work. Nothing is written where nobody watches. */
export interface Progress {
  /** How many tasks have been read so far. */
  readonly read: (count: number) => void;
  /** DELETEs begin, so many of them. */
  readonly start: (total: number) => void;
  readonly step: () => void;
  /** Takes the line away while something else is written. */
  readonly aside: (write: () => void) => void;
  readonly clear: () => void;
}

interface Line {
  readonly format: string;
  readonly total: number;
  readonly value: number;
}

const READING = 'Tasks read: {value}, {duration_formatted}';
const DELETING = 'Deleting [{bar}] {value} of {total}';

export function createProgress(output: Output, isWatched: boolean): Progress {
  let line: Line | undefined;
  let bar: SingleBar | undefined;

  function hide(): void {
    bar?.stop();
    bar = undefined;
  }
  function show(next: Line): void {
    const { format, total, value } = next;
    if (bar === undefined || format !== line?.format) {
      hide();
      const options = { format, stream: output, clearOnComplete: true, gracefulExit: false, barsize: 16 };
      bar = new SingleBar(options, Presets.legacy);
      bar.start(total, value);
    }
    bar.setTotal(total);
    bar.update(value);
    line = next;
  }
  function change(next: Line): void {
    if (isWatched) show(next);
  }

  return {
    read: (value) => change({ format: READING, total: 0, value }),
    start: (total) => change({ format: DELETING, total, value: 0 }),
    step: () => {
      if (line?.format === DELETING) change({ ...line, value: line.value + 1 });
    },
    aside: (write) => {
      hide();
      write();
      if (line !== undefined) change(line);
    },
    clear: () => {
      hide();
      line = undefined;
    },
  };
}
