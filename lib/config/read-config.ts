import { ServiceError } from '../core/errors.ts';
import { readCallers } from './callers.ts';
import { readChat } from './chat.ts';
import { type CredentialSettings, readCredentials } from './credentials.ts';
import { readFanOut } from './fan-out.ts';
import { readReports } from './reports.ts';
import { readService, type ServiceSettings } from './service.ts';
import { readShareAliases } from './share-aliases.ts';
import { type RunSettings, readRun, readRunOrFaults, readSweep, readSweepIfSet, readSweepOrFaults } from './sweep.ts';
import { type ReadFile, readTargetList } from './target-list.ts';
import { ONLY_TARGET, readTargets, type TargetSettings, type Targets } from './targets.ts';
import { both, isSet, type Lookup, type Section } from './variable.ts';

/** What the platform gives beside variables. */
export interface Platform {
  /** Whether the platform can give the function credentials of its own. */
  readonly hasAgency?: boolean;
  /** Reads a file of the function's package, for `TARGETS_FILE`. */
  readonly readFile?: ReadFile;
}

/** What every function needs. The settings of the service are those of the first target, for functions that have one. */
export type Config = ServiceSettings & {
  readonly credentials: CredentialSettings;
  readonly targets: Targets<TargetSettings>;
};
export type HttpConfig = ReturnType<typeof readHttpConfig>;
/** Reports and fan-out are absent where a person runs the sweep, who sees what comes of it. */
export type TimerConfig = Omit<ReturnType<typeof readTimerConfig>, 'reports' | 'fanOut'> &
  Partial<Pick<ReturnType<typeof readTimerConfig>, 'reports' | 'fanOut'>>;
export type ChatConfig = ReturnType<typeof readChatConfig>;
export type CommandLineConfig = ReturnType<typeof readCommandLineConfig>;
export type CommandLineSweepConfig = ReturnType<typeof readCommandLineSweepConfig>;

/**
 * Faulty variables of the sweep, `SWEEP_SHARES` unset among them, are for its route alone to tell.
 *
 * @throws {ServiceError} `misconfigured`, with every other faulty variable in `faults` and never a value
 */
export function readHttpConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(readAll(lookup, platform, { own: readCallersAndReports, ofTarget: readSweepOrFaults }));
}

/** @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value */
export function readTimerConfig(lookup: Lookup, platform: Platform = {}) {
  const readOwn = (own: Lookup) =>
    both(both(readReports(own), readRun(own)), readFanOut(own, platform.hasAgency ?? false));
  return settingsOf(readAll(lookup, platform, { own: readOwn, ofTarget: readSweep }));
}

/**
 * The sweep is absent when `SWEEP_SHARES` is not set: then none can be previewed.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value
 */
export function readChatConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(readAll(lookup, platform, { own: readChatAndRun, ofTarget: readSweepIfSet }));
}

/**
 * What a person's own commands need: nobody has to be let in.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value
 */
export function readCommandLineConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(readAll(lookup, platform, { own: readShareAliases, ofTarget: nothing }));
}

/**
 * The same for a person's own sweep.
 *
 * @throws {ServiceError} `misconfigured`, with every faulty variable in `faults` and never a value
 */
export function readCommandLineSweepConfig(lookup: Lookup, platform: Platform = {}) {
  return settingsOf(readAll(lookup, platform, { own: readAliasesAndRun, ofTarget: readSweep }));
}

/** Callers may sweep, and their sweeps are reported as those of the schedule. */
function readCallersAndReports(lookup: Lookup, targets: readonly TargetSettings[] | 'faulty') {
  return both(both(readCallers(lookup, targets), readReports(lookup)), readRunOrFaults(lookup));
}

/** The cap of a run is that of the only target, where it has no name. */
function readChatAndRun(lookup: Lookup, targets: readonly TargetSettings[] | 'faulty') {
  const run: Section<{ readonly run?: RunSettings }> = targets.length === 0 ? { settings: {} } : readRun(lookup);
  return both(readChat(lookup, targets), run);
}

function readAliasesAndRun(lookup: Lookup) {
  return both(readShareAliases(lookup), readRun(lookup));
}

interface Sections<Own, OfTarget> {
  /** What the function has once. @param targets those of `TARGETS`; none without it */
  readonly own: (lookup: Lookup, targets: readonly TargetSettings[] | 'faulty') => Section<Own>;
  /** What it has for each target, beside the service. @param placed says of a fault where in `TARGETS` it is */
  readonly ofTarget: (lookup: Lookup, placed?: (fault: string) => string) => Section<OfTarget>;
}

function nothing(): Section<unknown> {
  return { settings: {} };
}

type ConfigWith<Own, OfTarget> = Config & Own & OfTarget & { readonly targets: Targets<TargetSettings & OfTarget> };

function readAll<Own, OfTarget>(
  lookup: Lookup,
  platform: Platform,
  sections: Sections<Own, OfTarget>,
): Section<ConfigWith<Own, OfTarget>> {
  const list = readTargetList(lookup, platform.readFile);
  if (list === undefined) return readWithoutTargets(lookup, platform, sections);

  const { own, ofTarget } = sections;
  const readTarget = (ofOne: Lookup, placed: (fault: string) => string) =>
    both(readService(ofOne), ofTarget(ofOne, placed));
  const credentials = readCredentials(lookup, platform.hasAgency ?? false);
  const known = 'settings' in credentials ? credentials.settings.credentials : undefined;
  const targets = 'faults' in list ? list : readTargets(list.settings, { lookup, readTarget, credentials: known });
  const listed = 'settings' in targets ? targets.settings.targets : 'faulty';
  const section = both(both(targets, credentials), own(lookup, listed));
  return 'faults' in section ? section : { settings: { ...section.settings.targets[0], ...section.settings } };
}

/** With the one target that the variables make. */
function readWithoutTargets<Own, OfTarget>(
  lookup: Lookup,
  { hasAgency = false }: Platform,
  { own, ofTarget }: Sections<Own, OfTarget>,
): Section<ConfigWith<Own, OfTarget>> {
  const [service, rest] = [readService(lookup), ofTarget(lookup)];
  const general = both(readCredentials(lookup, hasAgency), own(lookup, []));
  const section = both(both(both(service, general), rest), accountsWithoutTargets(lookup));
  if ('faults' in section) return section;
  const target = both(both(service, rest), { settings: ONLY_TARGET });
  return 'faults' in target ? target : { settings: { ...section.settings, targets: [target.settings] } };
}

function accountsWithoutTargets(lookup: Lookup): Section<unknown> {
  return isSet('ACCOUNTS', lookup) ? { faults: ['ACCOUNTS is for TARGETS, which is not set'] } : nothing();
}

function settingsOf<T>(section: Section<T>): T {
  if ('settings' in section) return section.settings;
  // sections share variables, whose faults each of them reports
  const faults = [...new Set(section.faults)];
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', { faults });
}
