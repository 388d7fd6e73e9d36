import type { SweepSettings } from '../config/sweep.ts';
import type { Caller } from '../core/caller.ts';
import { ServiceError } from '../core/errors.ts';
import { isRecord } from '../core/json.ts';
import { type AllowedShares, isAllowed, parseShareId, quoted, type ShareId } from '../core/task.ts';
import { shareRefusal } from '../tasks/share-refusal.ts';

/** What narrows one run. It can only do less than the configuration allows. */
export interface SweepOverrides {
  /** By name; every one where it is absent. */
  readonly targets?: ReadonlySet<string> | undefined;
  /** Shares that are named together with their target. */
  readonly targetShares?: readonly TargetShare[] | undefined;
  readonly dryRun?: boolean | undefined;
  readonly shares?: ReadonlySet<ShareId> | undefined;
  readonly maxDeletes?: number | undefined;
}

/** `target/share` in an event. */
interface TargetShare {
  readonly target: string;
  readonly shareId: ShareId;
  /** Where it stood: `shares[0]`. */
  readonly field: string;
}

const FIELDS: ReadonlySet<string> = new Set(['dry_run', 'shares', 'max_deletes']);

/**
 * Overrides from untrusted input: `{"dry_run": true, "shares": [...], "max_deletes": 10}`, each field optional.
 *
 * @throws {ServiceError} `invalid_input` naming the first faulty field. To ignore it could delete more than was meant.
 */
export function parseOverrides(input: unknown): SweepOverrides {
  if (!isRecord(input))
    throw new ServiceError('invalid_input', 'what narrows a sweep must be a JSON object, such as {"dry_run":true}');
  const unknown = Object.keys(input).find((field) => !FIELDS.has(field));
  if (unknown !== undefined) throw unknownField(unknown);
  const { dry_run: dryRun, shares, max_deletes: maxDeletes } = input;
  if (dryRun !== undefined && typeof dryRun !== 'boolean') {
    throw new ServiceError('invalid_input', 'dry_run must be true or false');
  }
  return { dryRun, shares: parseShares(shares), maxDeletes: parseMaxDeletes(maxDeletes) };
}

function unknownField(field: string): ServiceError {
  return new ServiceError('invalid_input', `unknown field ${quoted(field)}; known: ${[...FIELDS].join(', ')}`);
}

/**
 * The same where a run is over several targets, which an event may name: `{"targets": ["prod"], "shares": ["prod/…"]}`.
 *
 * @throws {ServiceError} as {@link parseOverrides}
 */
export function parseTargetOverrides(input: unknown): SweepOverrides {
  if (!isRecord(input)) return parseOverrides(input);
  const { targets, shares, ...others } = input;
  const overrides = parseOverrides(others);
  const names = targets === undefined ? undefined : parseTargets(targets);
  if (!Array.isArray(shares) || shares.length === 0)
    return { ...overrides, targets: names, shares: parseShares(shares) };
  const named = shares.map((entry, index) => parseTargetShare(entry, `shares[${index}]`));
  const bare = named.filter((share) => typeof share === 'string');
  const targetShares = named.filter((share) => typeof share !== 'string');
  return {
    ...overrides,
    targets: names,
    ...(bare.length > 0 && { shares: new Set(bare) }),
    ...(targetShares.length > 0 && { targetShares }),
  };
}

function parseTargets(value: unknown): SweepOverrides['targets'] {
  const isList = Array.isArray(value) && value.length > 0 && value.every((name) => typeof name === 'string');
  if (!isList) throw new ServiceError('invalid_input', 'targets must be a list of names of targets');
  return new Set(value);
}

function parseTargetShare(entry: unknown, field: string): ShareId | TargetShare {
  const [, target, share] = (typeof entry === 'string' && /^([a-z0-9-]{1,32})\/([^/]*)$/.exec(entry)) || [];
  if (target === undefined) return parseShareId(entry, field);
  return { target, shareId: parseShareId(share, field), field };
}

/** Without `TARGETS` there are no names, and what an event names by one is no share. */
function refuseTargets({ targets, targetShares = [] }: SweepOverrides): void {
  if (targets !== undefined) throw unknownField('targets');
  for (const { target, shareId, field } of targetShares) parseShareId(`${target}/${shareId}`, field);
}

function parseShares(value: unknown): SweepOverrides['shares'] {
  if (value === undefined) return undefined;
  if (!Array.isArray(value) || value.length === 0) {
    throw new ServiceError('invalid_input', 'shares must be a list of share ids');
  }
  return new Set(value.map((entry, index) => parseShareId(entry, `shares[${index}]`)));
}

function parseMaxDeletes(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || Number(value) < 0) {
    throw new ServiceError('invalid_input', 'max_deletes must be a whole number');
  }
  return Number(value);
}

/** Why a run is dry although its event asks for a real one; nothing where it does not ask, or gets one. */
export function whyDry({ dryRun }: SweepSettings, overrides: SweepOverrides): string | undefined {
  const isAskedInVain = dryRun && overrides.dryRun === false;
  return isAskedInVain ? 'dry_run: false in an event does not undo SWEEP_DRY_RUN: the run stayed dry' : undefined;
}

/**
 * The settings of a run: the configuration's, narrowed by the overrides and by the caller's shares.
 *
 * @throws {ServiceError} `forbidden` when the overrides name a share that the caller may not use, or when it may use none of
 *   those that are swept; `invalid_input` when they name one that the configuration leaves out
 */
export function narrow(
  settings: SweepSettings,
  overrides: SweepOverrides,
  caller: Caller,
  allowedShares: AllowedShares,
): SweepSettings {
  const { dryRun = false, maxDeletes = settings.maxDeletes } = overrides;
  refuseTargets(overrides);
  for (const shareId of overrides.shares ?? []) {
    const refusal = shareRefusal(shareId, caller, allowedShares);
    if (refusal !== undefined) throw refusal.reworded('shares names a share that this function or key may not use');
    if (!isAllowed(shareId, settings.shares)) {
      throw new ServiceError('invalid_input', 'shares names a share that this function does not sweep');
    }
  }
  return {
    ...settings,
    shares: overrides.shares ?? sharesOf(settings, caller, allowedShares),
    dryRun: settings.dryRun || dryRun,
    maxDeletes: Math.min(settings.maxDeletes, maxDeletes),
  };
}

/** The shares of a run whose event names none. */
function sharesOf({ shares }: SweepSettings, caller: Caller, allowedShares: AllowedShares): AllowedShares {
  if (caller.shares === '*') return shares;
  const own = [...caller.shares].filter((id) => isAllowed(id, shares) && isAllowed(id, allowedShares));
  if (own.length > 0) return new Set(own);
  throw new ServiceError('forbidden', 'this function sweeps none of the shares of this key', {
    reason: `${caller.name} may use none of the shares that are swept`,
  });
}
