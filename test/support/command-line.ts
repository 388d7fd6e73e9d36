import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';
import { type Ran, runDu } from './du.ts';

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
    du: (args, changed) => runDu(args, { ...variables, ...changed }, folder),
    duOnScreen: (args, columns, changed) => runDu(args, { ...variables, ...changed }, folder, { isTTY: true, columns }),
  };
}
