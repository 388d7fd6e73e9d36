import { onTestFinished } from 'vitest';
import type { Runtime } from '../../lib/core/runtime.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { createInstance, type Instance, type SweepingOptions } from './sweep-instance.ts';

/** The sweep against an embedded cloud, for real and as fast as it can unless told. */
export interface Sweeping extends Instance {
  readonly cloud: Cloud;
  /** Another instance of the same function. */
  readonly coldStart: (runtime?: Partial<Runtime>) => Instance;
}

export async function prepareSweep(options: SweepingOptions = {}): Promise<Sweeping> {
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY, ...options.cloud });
  onTestFinished(() => cloud.close());
  const coldStart = (runtime: Partial<Runtime> = {}): Instance => {
    const instance = createInstance(cloud.environment(), { ...options, runtime: { ...options.runtime, ...runtime } });
    onTestFinished(() => instance.app.close());
    return instance;
  };
  return { cloud, coldStart, ...coldStart() };
}
