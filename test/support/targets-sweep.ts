import { onTestFinished } from 'vitest';
import { createTimerApp, type TimerApp } from '../../lib/app.ts';
import { readTimerConfig } from '../../lib/config/read-config.ts';
import type { Call } from '../../lib/core/call.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { parseTargetOverrides } from '../../lib/sweep/overrides.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import { SCHEDULE } from '../../lib/sweep/sweep.ts';
import type { CloudAgency, CloudOptions } from '../cloud/cloud.ts';
import { type Estate, type EstateTarget, startEstate } from '../cloud/estate.ts';
import { ended, HOUR_MS } from './sweep-instance.ts';

/** A sweep over the eight projects of an estate: the first four in the function's own account, the others in a foreign one. */
export interface TargetsSweep extends Estate {
  readonly agency: CloudAgency;
  /** Names of the targets, in the order of the estate. */
  readonly names: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  /** One instance of the function. */
  readonly start: (changes?: Readonly<Record<string, string>>, runtime?: Partial<Runtime>) => TargetsInstance;
  /** Ids of tasks of a target that are due, so many. */
  readonly addDue: (at: number, count: number) => readonly string[];
}

export interface TargetsInstance {
  readonly app: TimerApp;
  readonly lines: readonly string[];
  readonly logged: (event: string) => readonly Readonly<Record<string, unknown>>[];
  readonly sweep: (event?: unknown, remainingMs?: number, more?: Partial<Call>) => Promise<SweepSummary>;
}

export interface TargetsSweepOptions {
  readonly cloud?: CloudOptions;
  /** How many of the estate's projects are targets. */
  readonly count?: number;
  /** Or so many projects of one account and region, which share the gateway's limits. */
  readonly inOnePlace?: number | undefined;
  /** What the entry of a target says beside what it must. */
  readonly entry?: (at: number, target: EstateTarget) => Readonly<Record<string, unknown>>;
  readonly variables?: Readonly<Record<string, string>>;
}

export async function prepareTargets(options: TargetsSweepOptions = {}): Promise<TargetsSweep> {
  const { inOnePlace, count = inOnePlace ?? 8, entry = () => ({}), variables = {} } = options;
  const estate = gathered(
    await startEstate({ rateLimitPerSecond: Number.POSITIVE_INFINITY, tokenLength: 100, ...options.cloud }),
    inOnePlace,
  );
  const { cloud, at } = estate;
  const { account: own } = at(0);
  const foreign = estate.accounts[1] ?? own;
  const agency = foreign.addAgency({ name: 'du', trusts: own, externalId: 'what-two-asks-for' });
  const entries = estate.targets.slice(0, count).map((target, index) => ({
    ...toEntry(target, target.account === own ? {} : { account: 'partner', sts_url: cloud.stsUrl }, cloud.iamUrl),
    ...entry(index, target),
  }));
  const all: Readonly<Record<string, string>> = {
    HW_ACCESS_KEY: own.user.accessKey,
    HW_SECRET_KEY: own.user.secretKey,
    ...(inOnePlace === undefined && {
      ACCOUNTS: JSON.stringify({ partner: { agency_urn: agency.urn, external_id: agency.externalId } }),
    }),
    TARGETS: JSON.stringify(entries),
    SWEEP_DRY_RUN: 'false',
    SWEEP_KEEP_LATEST: '0',
    SWEEP_RATE: '10000',
    SWEEP_MAX_DELETES: '1000',
    ...variables,
  };
  return {
    ...estate,
    agency,
    names: entries.map(({ name }) => String(name)),
    variables: all,
    start: (changes = {}, runtime = {}) => startInstance({ ...all, ...changes }, runtime),
    addDue: (index, many) => {
      const { project, shareId } = at(index);
      return Array.from({ length: many }, (_, task) => project.addTask(shareId, ended((48 + task) * HOUR_MS)));
    },
  };
}

/** Other targets in place of the estate's: so many projects of the first account's first region. */
function gathered(estate: Estate, inOnePlace: number | undefined): Estate {
  if (inOnePlace === undefined) return estate;
  const { account, url } = estate.at(0);
  const targets = Array.from({ length: inOnePlace }, (_, index) => {
    const project = account.addProject(`cn-north-4_${index}`);
    const shareId = project.addShare();
    return { account, project, shareId, taskId: project.addTask(shareId), url };
  });
  const at = (index: number): EstateTarget => {
    const target = targets[index];
    if (target === undefined) throw new RangeError(`there is no target ${index}`);
    return target;
  };
  return { ...estate, targets, at };
}

function toEntry({ project, url }: EstateTarget, account: object, iamUrl: string) {
  const name = `${'account' in account ? 'far' : 'own'}-${project.name.replace('_', '-')}`;
  const place = { region: project.region, project_id: project.id, iam_url: iamUrl, sfs_turbo_url: url };
  return { name, ...place, ...account, shares: '*' };
}

function startInstance(variables: Readonly<Record<string, string>>, changes: Partial<Runtime>): TargetsInstance {
  const lines: string[] = [];
  const runtime: Runtime = { ...nodeRuntime, write: (line) => lines.push(line), ...changes };
  const app = createTimerApp(
    readTimerConfig((name) => variables[name]),
    runtime,
  );
  onTestFinished(() => app.close());
  return {
    app,
    lines,
    logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    sweep: (event = {}, remainingMs = 60_000, more = {}) => {
      const deadlineAtMs = runtime.now() + remainingMs;
      const call: Call = { requestId: 'run-1', deadlineAtMs, log: app.logs('run-1'), ...more };
      return app.sweep(parseTargetOverrides(event), SCHEDULE, call);
    },
  };
}
