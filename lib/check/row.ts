import { ServiceError } from '../core/errors.ts';
import type { ShareId } from '../core/task.ts';
import type { CheckSettings } from './context.ts';
import { remedyFor } from './remedies.ts';

/** One thing that was looked at. */
export interface CheckRow {
  /** By name; absent without `TARGETS`. */
  readonly target?: string;
  readonly check: 'credentials' | 'service' | 'shares' | 'tasks' | 'delete';
  /** Of `tasks` and `delete`. */
  readonly shareId?: ShareId;
  /** `skipped`: it could not be looked at, or is not needed. */
  readonly result: 'ok' | 'failed' | 'skipped';
  /** What was found. */
  readonly found: string;
  readonly remedy?: string | undefined;
}

/** What was looked at, without what came of it. */
type Subject = Pick<CheckRow, 'check' | 'shareId'>;

export type Attempted<T> = { readonly value: T } | { readonly failure: ServiceError };

/** @throws anything that is not an expected failure */
export async function attempt<T>(work: () => Promise<T>): Promise<Attempted<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    if (error instanceof ServiceError) return { failure: error };
    throw error;
  }
}

export function ok(subject: Subject, found: string): CheckRow {
  return { ...subject, result: 'ok', found };
}

export function skipped(subject: Subject, found: string): CheckRow {
  return { ...subject, result: 'skipped', found };
}

/** @param remedy where it is another one than such a failure usually has */
export function failed(
  subject: Subject,
  failure: ServiceError,
  settings: CheckSettings,
  remedy = remedyFor(failure, settings.credentials, settings),
): CheckRow {
  const found = [failure.why, ...(failure.faults ?? [])].join('; ');
  return { ...subject, result: 'failed', found, remedy };
}
