import type { Lookup, Section } from '../../lib/config/variable.ts';
import { ServiceError } from '../../lib/core/errors.ts';

export type Variables = Readonly<Record<string, string>>;

/** The least that a function needs. */
export const LEAST_VARIABLES = {
  HW_REGION_NAME: 'cn-north-4',
  HW_DOMAIN_NAME: 'example',
  HW_USER_NAME: 'du',
  HW_USER_PASSWORD: 'secret',
  ALLOWED_SHARES: '*',
};

export const lookupIn =
  (variables: Variables): Lookup =>
  (name) =>
    variables[name];

export function settingsIn<T>(section: Section<T>): T {
  if ('faults' in section) throw new Error(`not the settings but faults: ${section.faults.join('; ')}`);
  return section.settings;
}

export function faultsIn(section: Section<unknown>): readonly string[] {
  return 'faults' in section ? section.faults : [];
}

/** The faults that reading fails with; none when it does not fail. */
export function faultsOf(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    return error.faults ?? [];
  }
}
