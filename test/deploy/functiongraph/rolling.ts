import { createRequire } from 'node:module';
import JSZip from 'jszip';
import { onTestFinished } from 'vitest';
import { type FunctionGraphCloud, startFunctionGraphCloud } from './cloud/cloud.ts';
import type { CloudState } from './cloud/state.ts';
import { ACCOUNT } from './lab.ts';
import { createSettings, type Settings } from './service.ts';

type Plan = Readonly<Record<string, unknown>>;
type Target = Readonly<Record<string, unknown>>;
interface Journal {
  lines(): readonly string[];
}

const requireModule = createRequire(import.meta.url);
const load = <Module>(path: string): Module => requireModule(`../../../deploy/functiongraph/${path}.cjs`) as Module;

const { createClient } = load<{ createClient: (target: Target) => object }>('api/client');
const { listFunctions } = load<{ listFunctions: (client: object) => Promise<readonly object[]> }>('api/functions');
const { readTarget } = load<{ readTarget: (...parts: object[]) => Target }>('target');
const { planFunctions } = load<{ planFunctions: (target: Target) => readonly Plan[] }>('plan/functions');
const { withJournal } = load<{
  withJournal: <Result>(progress: object, run: (journal: Journal) => Promise<Result>) => Promise<Result>;
}>('journal');
const { rollOut } = load<{ rollOut: (...parts: readonly unknown[]) => Promise<void> }>('rollout');
const { run: remove } = load<{ run: (context: object) => Promise<void> }>('commands/remove');

export interface Outcome {
  /** What is printed. */
  readonly lines: readonly string[];
  /** Of the failure; blank when there was none. */
  readonly failure: string;
  /** What exists, function by function. */
  readonly states: readonly string[];
}

/** A copy of this state in a cloud, which is closed at the end of the test. */
export async function startCloudFor(state?: CloudState): Promise<FunctionGraphCloud> {
  const cloud = await startFunctionGraphCloud({ ...ACCOUNT, ...(state && { state: structuredClone(state) }) });
  onTestFinished(() => cloud.close());
  return cloud;
}

/** Deploys the service of the tests without packaging and without the framework, in a fraction of the time. */
export async function deployTo(cloud: FunctionGraphCloud, change: (settings: Settings) => void = () => {}) {
  const { context, lines } = contextOf(cloud, change);
  const deployments = await Promise.all(
    planFunctions(context.target).map(async (plan) => ({ plan, zip: await zipOf(String(plan['handler'])) })),
  );
  const existing = await listFunctions(context.client);
  return withJournal(progress, async (journal): Promise<Outcome> => {
    const failure = await rollOut(context, journal, deployments, existing).then(() => '', messageOf);
    return { lines, failure, states: journal.lines() };
  });
}

/** Removes the service of the tests. */
export async function removeFrom(cloud: FunctionGraphCloud, change: (settings: Settings) => void = () => {}) {
  const { context, lines } = contextOf(cloud, change);
  const failure = await remove(context).then(() => '', messageOf);
  return { lines, failure };
}

const progress = { create: () => ({ update() {}, remove() {} }) };

function contextOf(cloud: FunctionGraphCloud, change: (settings: Settings) => void) {
  const settings = createSettings();
  Object.assign(settings.custom.functiongraph.encryptedUserData, { CALLER_KEYS: 'ci:hash', WEBHOOK_SECRETS: '' });
  change(settings);
  const lines: string[] = [];
  const print = (text = '') => void lines.push(text);
  const target = readTarget(
    { service: { service: 'du' }, getProvider: () => ({ getStage: () => 'test' }) },
    { settings: settings.custom.functiongraph, functions: settings.functions },
    {
      HW_ACCESS_KEY: ACCOUNT.accessKey,
      HW_SECRET_KEY: ACCOUNT.secretKey,
      HW_SECURITY_TOKEN: ACCOUNT.securityToken,
      HW_PROJECT_ID: ACCOUNT.projectId,
      FUNCTIONGRAPH_ENDPOINT: cloud.endpoint,
    },
  );
  const writers = { log: { notice: print, success: print, warning: print }, progress, writeText: print };
  return { context: { target, client: createClient(target), writers, options: { yes: true } }, lines };
}

function zipOf(handler: string): Promise<Buffer> {
  const date = new Date(Date.UTC(2026, 0, 1));
  return new JSZip().file(`${handler.split('.')[0]}.js`, '', { date }).generateAsync({ type: 'nodebuffer' });
}

function messageOf(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) throw error;
  return error.message;
}
