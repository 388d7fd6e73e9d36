import { ServiceError } from '../core/errors.ts';
import { readCallers } from './callers.ts';
import { type ChatSettings, readChat } from './chat.ts';
import { readCredentials } from './credentials.ts';
import { readService } from './service.ts';
import { readSweep, readSweepIfSet, type SweepSettings } from './sweep.ts';
import { both, type Lookup, type Section } from './variable.ts';

/** What the platform gives beside variables. */
export interface Platform {
  /** Whether the platform can give the function credentials of its own. */
  readonly hasAgency?: boolean;
}

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

/** What every function needs. */
function readCommon(lookup: Lookup, { hasAgency = false }: Platform) {
  return both(readService(lookup), readCredentials(lookup, hasAgency));
}

function settingsOf<T>(section: Section<T>): T {
  if ('settings' in section) return section.settings;
  const { faults } = section;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', { faults });
}

/** Every part that a function may ask for. */
export type Config = HttpConfig & {
  readonly sweep: SweepSettings | undefined;
  readonly chat: ChatSettings | undefined;
};

/** What a function needs beyond what all of them need. What is not asked for is not looked at, so its faults stop nothing. */
export interface ConfigParts extends Platform {
  /** `optional`: read when `SWEEP_SHARES` is set. */
  readonly sweep?: 'required' | 'optional';
  readonly chat?: 'optional';
}

/**
 * The configuration with the parts that are asked for.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value
 */
export function readConfig(
  lookup: Lookup,
  parts: ConfigParts & { readonly sweep: 'required' },
): Config & { readonly sweep: SweepSettings };
export function readConfig(
  lookup: Lookup,
  parts: ConfigParts & { readonly chat: 'optional' },
): Config & { readonly chat: ChatSettings };
export function readConfig(lookup: Lookup, parts?: ConfigParts): Config;
export function readConfig(lookup: Lookup, parts: ConfigParts = {}): Config {
  const common = both(readCommon(lookup, parts), readCallers(lookup));
  const sweep = parts.sweep === undefined ? { settings: { sweep: undefined } } : SWEEP_READERS[parts.sweep](lookup);
  const chat: Section<Pick<Config, 'chat'>> =
    parts.chat === undefined ? { settings: { chat: undefined } } : readChat(lookup);
  return settingsOf(both(both(common, sweep), chat));
}

const SWEEP_READERS = { required: readSweep, optional: readSweepIfSet } as const;
