import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import { runCommandLine } from '../../handlers/command-line/program.ts';
import type { Output } from '../../handlers/command-line/world.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';

/** What a command wrote, and what it ended with. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A person's machine, with variables that point at an embedded cloud. */
export interface Desk {
  readonly cloud: Cloud;
  /** Its alias is `prod`. */
  readonly shareId: string;
  readonly variables: Readonly<Record<string, string>>;
  /** An empty folder. */
  readonly folder: string;
  /** Runs a command without a terminal, with other variables where told. */
  readonly du: (args: readonly string[], variables?: Readonly<Record<string, string | undefined>>) => Promise<Ran>;
  /** Runs a command whose output goes to a terminal of so many columns. */
  readonly duOnScreen: (
    args: readonly string[],
    columns: number,
    variables?: Readonly<Record<string, string | undefined>>,
  ) => Promise<Ran>;
}

/** Takes the cloud down when the running test ends. */
export async function prepareDesk(options?: CloudOptions): Promise<Desk> {
  const cloud = await startCloud(options);
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const variables = { ...cloud.environment(), ALLOWED_SHARES: shareId, SHARE_ALIASES: `prod=${shareId}` };
  const folder = mkdtempSync(join(tmpdir(), 'du-desk-'));
  return {
    cloud,
    shareId,
    variables,
    folder,
    du: (args, changed) => run(args, { ...variables, ...changed }, folder),
    duOnScreen: (args, columns, changed) => run(args, { ...variables, ...changed }, folder, { isTTY: true, columns }),
  };
}

/** In this process, without a person. */
async function run(
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
