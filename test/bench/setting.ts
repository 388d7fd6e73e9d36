import type { CloudFacts, CloudOrder } from './cloud-process.ts';
import type { Contender } from './contenders.ts';
import type { Worker } from './processes.ts';
import type { Programs } from './programs.ts';

/** What every part of the benchmark works with. */
export interface Setting {
  readonly cloud: Worker;
  readonly facts: CloudFacts;
  readonly contenders: readonly Contender[];
  readonly programs: Programs;
  /** Of every round trip, where a part does not say otherwise. */
  readonly roundTripMs: number;
  readonly rounds: number;
  /** For files that may go afterwards. */
  readonly directory: string;
}

export function askCloud<T>({ cloud }: Pick<Setting, 'cloud'>, order: CloudOrder): Promise<T> {
  return cloud.ask<T>(order);
}
