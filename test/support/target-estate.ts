import { onTestFinished } from 'vitest';
import { createApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import type { TargetSettings } from '../../lib/config/targets.ts';
import type { Call } from '../../lib/core/call.ts';
import type { Target } from '../../lib/targets/target.ts';
import type { CloudAgency, CloudOptions } from '../cloud/cloud.ts';
import { type Estate, type EstateTarget, startEstate } from '../cloud/estate.ts';
import { createFakeRuntime, type FakeRuntime } from './fake-runtime.ts';

export interface TargetEstate extends Estate {
  /** The agency of the second account that the first one may assume. */
  readonly agency: CloudAgency;
  readonly runtime: FakeRuntime;
  /** What the function's own user signs with. */
  readonly key: Readonly<Record<string, string>>;
  readonly password: Readonly<Record<string, string>>;
}

/** Two accounts with four projects each, on one clock with the function, which is of the first account. */
export async function startTargetEstate(options: CloudOptions = {}): Promise<TargetEstate> {
  const runtime = createFakeRuntime();
  const estate = await startEstate({ now: runtime.now, rateLimitPerSecond: Number.POSITIVE_INFINITY, ...options });
  const [{ account: one }, { account: two }] = [estate.at(0), estate.at(4)];
  const agency = two.addAgency({ name: 'du', trusts: one, externalId: 'what-two-asks-for' });
  const { user } = one;
  return {
    ...estate,
    agency,
    runtime,
    key: { HW_ACCESS_KEY: user.accessKey, HW_SECRET_KEY: user.secretKey },
    password: { HW_DOMAIN_NAME: one.domainName, HW_USER_NAME: user.name, HW_USER_PASSWORD: user.password },
  };
}

/** @param isNamed whether the target names its project, and gives no id */
export function toEntry({ cloud, at }: TargetEstate, target: EstateTarget, isNamed = false): Record<string, unknown> {
  const { project, account, url } = target;
  return {
    name: `${account.domainName}-${project.name.replace('_', '-')}`,
    region: project.region,
    ...(isNamed ? { project_name: project.name } : { project_id: project.id }),
    ...(account === at(0).account ? {} : { account: account.domainName, sts_url: cloud.stsUrl }),
    iam_url: cloud.iamUrl,
    sfs_turbo_url: url,
    shares: '*',
  };
}

/** By STS, or by IAM. */
export function accountsOf({ agency }: TargetEstate, kind: 'sts' | 'iam' = 'sts'): string {
  const bySts = { agency_urn: agency.urn, external_id: agency.externalId };
  const byIam = { agency_name: agency.name, domain_name: agency.domainName };
  return JSON.stringify({ [agency.domainName]: kind === 'sts' ? bySts : byIam });
}

export interface TargetApp {
  readonly targets: readonly Target[];
  /** @throws {RangeError} */
  readonly named: (name: string) => Target;
  readonly call: (remainingMs?: number) => Call;
  readonly logged: (event: string) => readonly Record<string, unknown>[];
  readonly isInDoubt: () => boolean;
}

/** An app with these targets. @param variables with the credentials; `ACCOUNTS` too, where a target needs it */
export function startTargetApp(
  { runtime }: Pick<TargetEstate, 'runtime'>,
  entries: readonly unknown[],
  variables: Readonly<Record<string, string>>,
): TargetApp {
  const values: Readonly<Record<string, string>> = {
    TARGETS: JSON.stringify(entries),
    MAX_ATTEMPTS: '1',
    LOG_LEVEL: 'DEBUG',
    ...variables,
  };
  const lines: string[] = [];
  const app = createApp(
    // without credentials in the variables, the agency's are taken
    readHttpConfig((name) => values[name], { hasAgency: true }),
    { ...runtime, write: (line) => lines.push(line) },
  );
  onTestFinished(() => app.close());
  const log = app.logs('request-1');
  return {
    targets: app.targets,
    named: (name) => {
      const target = app.targets.find(({ settings }: { settings: TargetSettings }) => settings.name === name);
      if (target === undefined) throw new RangeError(`there is no target ${name}`);
      return target;
    },
    call: (remainingMs = 25_000) => ({ requestId: 'request-1', deadlineAtMs: runtime.now() + remainingMs, log }),
    logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    isInDoubt: app.isInDoubt,
  };
}

/** The code that a call fails with; `ok` where it does not fail. */
export async function outcomeOfCall(calling: Promise<unknown>): Promise<string> {
  try {
    await calling;
    return 'ok';
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : `no expected failure: ${error}`;
  }
}
