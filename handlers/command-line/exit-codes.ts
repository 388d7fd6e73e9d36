/** What the process ends with. */
export const EXIT = {
  done: 0,
  /** Something failed, wholly or in part. */
  failed: 1,
  /** Nothing was begun: the command or the configuration is wrong, or a question could not be asked. */
  wrongUse: 2,
  /** Ctrl-C, as shells have it: 128 and the number of SIGINT. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A command that cannot be begun as it was given. The message says what to do. */
export class WrongUse extends Error {
  override readonly name = 'WrongUse';
}

/** A question that was answered with Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}
