import type { AllowedShares } from './task.ts';

/** What a caller key may be for. `cancel` is what a key may do that names no rights. */
export const RIGHTS = ['read', 'cancel', 'cancel-many', 'sweep'] as const;
export type Right = (typeof RIGHTS)[number];

/** Who asks. */
export interface Caller {
  /** For the audit line. */
  readonly name: string;
  /** The shares that the caller may use. `ALLOWED_SHARES` holds for every caller as well. */
  readonly shares: AllowedShares;
  /** Further ones, by the names of the targets that they are in. */
  readonly sharesByTarget?: ReadonlyMap<string, AllowedShares> | undefined;
}
