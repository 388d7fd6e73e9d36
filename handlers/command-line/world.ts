import type { Writable } from 'node:stream';
import type { ReadStream } from 'node:tty';

/** A stream that may be a terminal. */
export type Output = Writable & { readonly isTTY?: boolean; readonly columns?: number };

/** What a process gives to the command line. */
export interface World {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** The folder that the person is in. */
  readonly folder: string;
  readonly userName: string | undefined;
  readonly stdin: Pick<ReadStream, 'isTTY'> & NodeJS.ReadableStream;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Calls the listener at each Ctrl-C. */
  readonly onInterrupt: (listener: () => void) => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}
