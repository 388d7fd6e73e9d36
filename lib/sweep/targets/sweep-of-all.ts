import { createSweep, type Sweep } from '../sweep.ts';
import { createTargetsSweep, type TargetsApp } from './sweep-targets.ts';

/** Without `TARGETS` the sweep is that of the only target, and says nothing of targets. */
export function createSweepOfAll({ targets, runtime, drainMs, maxDeletes }: TargetsApp): Sweep {
  const [{ settings, sfsTurbo, cancelTask }] = targets;
  if (settings.name !== undefined) return createTargetsSweep({ targets, runtime, drainMs, maxDeletes });
  return createSweep({ config: settings, sfsTurbo, cancelTask, runtime, drainMs });
}
