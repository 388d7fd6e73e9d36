import type { CloudFacts, CloudOrder } from './cloud-process.ts';
import type { Contender } from './contenders.ts';
import type { Worker } from './processes.ts';
import type { Programs } from './programs.ts';
import type { Scale } from './scale.ts';

/** What every part of the benchmark works with. */
export interface Setting {
  readonly cloud: Worker;
  readonly facts: CloudFacts;
  readonly contenders: readonly Contender[];
  readonly programs: Programs;
  /** Of the network, where a part asks for it. */
  readonly roundTripMs: number;
  readonly scale: Scale;
  /** For files that may go afterwards. */
  readonly directory: string;
}

export function askCloud<T>({ cloud }: Pick<Setting, 'cloud'>, order: CloudOrder): Promise<T> {
  return cloud.ask<T>(order);
}
