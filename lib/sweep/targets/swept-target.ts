import type { SweepSettings } from '../../config/sweep.ts';
import type { TargetSettings } from '../../config/targets.ts';
import type { Target } from '../../targets/target.ts';

export type SweptTarget = Target<TargetSettings & { readonly sweep: SweepSettings }>;
