import { ServiceError } from '../core/errors.ts';
import { readCallers } from './callers.ts';
import { readChat } from './chat.ts';
import { type CredentialSettings, readCredentials } from './credentials.ts';
import { readService, type ServiceSettings } from './service.ts';
import { readSweep, readSweepIfSet } from './sweep.ts';
import { both, type Lookup, type Section } from './variable.ts';

/** What the platform gives beside variables. */
export interface Platform {
  /** Whether the platform can give the function credentials of its own. */
  readonly hasAgency?: boolean;
}

/** What every function needs. */
export type Config = ServiceSettings & { readonly credentials: CredentialSettings };
export type HttpConfig = ReturnType<typeof readHttpConfig>;
export type TimerConfig = ReturnType<typeof readTimerConfig>;
export type ChatConfig = ReturnType<typeof readChatConfig>;

/** @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value */
export function readHttpConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(both(readCommon(lookup, platform), readCallers(lookup)));
}

/** @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value */
export function readTimerConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(both(readCommon(lookup, platform), readSweep(lookup)));
}

/**
 * The sweep is absent when `SWEEP_SHARES` is not set: then none can be previewed.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value
 */
export function readChatConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(both(both(readCommon(lookup, platform), readChat(lookup)), readSweepIfSet(lookup)));
}

function readCommon(lookup: Lookup, { hasAgency = false }: Platform): Section<Config> {
  return both(readService(lookup), readCredentials(lookup, hasAgency));
}

function settingsOf<T>(section: Section<T>): T {
  if ('settings' in section) return section.settings;
  const { faults } = section;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', { faults });
}
