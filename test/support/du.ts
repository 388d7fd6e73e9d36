import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runCommandLine } from '../../handlers/command-line/program.ts';
import type { Output } from '../../handlers/command-line/world.ts';

/** What a command wrote, and what it ended with. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A command of `npm run du` in this process, without a person. */
export async function runDu(
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
  folder: string,
  screen: Pick<Output, 'isTTY' | 'columns'> = {},
): Promise<Ran> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const [printed, noted] = [text(stdout), text(stderr)];
  const code = await runCommandLine(args, {
    variables,
    folder,
    userName: 'mei',
    stdin: Object.assign(new PassThrough(), { isTTY: false }),
    stdout: Object.assign(stdout, screen),
    stderr,
    onInterrupt: () => {},
    exit: () => {},
  });
  stdout.end();
  stderr.end();
  return { code, stdout: await printed, stderr: await noted };
}
