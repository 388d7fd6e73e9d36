import { createHash } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { type Cloud, type Fault, type FaultKind, startCloud } from '../cloud/cloud.ts';
import { lambdaContext } from '../support/contexts.ts';
import { onlyApp } from '../support/only-app.ts';
import { createRandom } from '../support/random.ts';

export interface SoakOptions {
  readonly calls: number;
  /** Part of the calls for which a fault is ordered. */
  readonly faultRate: number;
  readonly inFlight: number;
  /** The same seed orders the same faults. */
  readonly seed: number;
}

export interface SoakReport {
  readonly calls: number;
  readonly faults: number;
  /** How often each answer was given, by status and outcome or code. */
  readonly answers: Readonly<Record<string, number>>;
  /** Answers that say that the task is gone. */
  readonly toldDone: number;
  /** Tasks that SFS Turbo deleted. */
  readonly deleted: number;
  /** Tasks that SFS Turbo deleted while the answer says that it may have, or passes on SFS Turbo's 500. */
  readonly deletedInDoubt: number;
  /** Calls whose answer is not true of their task: none is allowed. */
  readonly untrue: readonly string[];
  /** Calls without one audit line: none is allowed. */
  readonly audits: number;
  readonly slowestMs: number;
  /** Sockets and timers beyond those from before, after the function was closed. */
  readonly leftSockets: number;
  readonly leftTimers: number;
  /** Of the heap in use, after the first tenth of the calls. */
  readonly grownMiB: number;
  readonly durationMs: number;
}

const CALLER_KEY = 'key-of-the-soak';
export const REMAINING_MS = 5_000;

const KINDS: readonly FaultKind[] = [
  { type: 'latency', ms: 20 },
  { type: 'throttle' },
  { type: 'throttle', retryAfter: '0' },
  { type: 'status', status: 500 },
  { type: 'status', status: 500, act: true },
  { type: 'status', status: 502, act: true },
  { type: 'status', status: 503 },
  { type: 'status', status: 504, act: true },
  { type: 'reset', when: 'before' },
  { type: 'reset', when: 'after' },
  { type: 'truncate', bytes: 10 },
  { type: 'truncate', bytes: 120 },
  { type: 'garbage', bytes: 'no HTTP at all\r\n\r\n' },
  { type: 'garbage', bytes: 'no HTTP at all\r\n\r\n', act: true },
  { type: 'silence' },
  { type: 'silence', act: true },
  { type: 'stallBody' },
];

/** Calls the function over and over, with faults at IAM and SFS Turbo, and checks every answer against the truth. */
export async function runSoak({ calls, faultRate, inFlight, seed }: SoakOptions): Promise<SoakReport> {
  const random = createRandom(seed);
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY });
  const shareId = cloud.addShare();
  await settle();
  const before = resources();
  const startedAtMs = performance.now();

  const audits = new Map<unknown, number>();
  const { invoke, close } = startFunction(cloud, shareId, (line) => {
    const { event, task_id: taskId } = JSON.parse(line);
    if (event === 'audit') audits.set(taskId, (audits.get(taskId) ?? 0) + 1);
  });

  const answers: Record<string, number> = {};
  const untrue: string[] = [];
  let [faults, toldDone, deleted, deletedInDoubt, slowestMs, begun, warmHeapBytes] = [0, 0, 0, 0, 0, 0, 0];

  async function callOnce(): Promise<void> {
    if (random() < faultRate) {
      faults += 1;
      cloud.order(toFault(random));
    }
    if (random() < faultRate / 50) cloud.revokeTokens();
    const taskId = cloud.addTask(shareId);
    const calledAtMs = performance.now();
    const { statusCode, body } = await invoke(taskId);
    slowestMs = Math.max(slowestMs, performance.now() - calledAtMs);

    const { outcome, errCode, errMsg = '' } = JSON.parse(body) as Record<string, string>;
    const name = `${statusCode} ${outcome ?? errCode}`;
    answers[name] = (answers[name] ?? 0) + 1;
    const isGone = cloud.task(shareId, taskId) === undefined;
    const isInDoubt = /may have been carried out/.test(errMsg) || errCode === 'SFS.TURBO.0005';
    if (statusCode === 202) toldDone += 1;
    if (isGone) deleted += 1;
    if (isGone && isInDoubt) deletedInDoubt += 1;
    if (statusCode === 202 ? !isGone : isGone && !isInDoubt) untrue.push(`${taskId}: ${name} ${errMsg}`);
  }

  async function work(): Promise<void> {
    while (begun < calls) {
      begun += 1;
      if (begun === Math.ceil(calls / 10)) warmHeapBytes = heapBytes();
      await callOnce();
      // what the cloud remembers of each request is no leak of the function
      if (begun % 500 === 0) trim(cloud);
    }
  }

  await Promise.all(Array.from({ length: inFlight }, work));
  const durationMs = performance.now() - startedAtMs;
  await close();
  trim(cloud);
  const after = await leftOver(before);
  const grownMiB = (heapBytes() - warmHeapBytes) / 2 ** 20;
  await cloud.close();

  return {
    calls: begun,
    faults,
    answers,
    toldDone,
    deleted,
    deletedInDoubt,
    untrue,
    audits: [...audits.values()].filter((count) => count === 1).length,
    slowestMs,
    leftSockets: after.sockets,
    leftTimers: after.timers,
    grownMiB,
    durationMs,
  };
}

function startFunction(cloud: Cloud, shareId: string, write: Runtime['write']) {
  const variables: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: `soak:${createHash('sha256').update(CALLER_KEY).digest('hex')}`,
    REQUEST_TIMEOUT_MS: '1000',
  };
  // no pause between attempts: it would only make the soak longer
  const runtime: Runtime = { ...nodeRuntime, random: () => 0, write };
  const app = createHttpApp(
    readHttpConfig((name) => variables[name]),
    runtime,
  );
  const handler = createHandler(onlyApp(app));
  return {
    close: app.close,
    invoke: (taskId: string) =>
      handler(
        {
          headers: { authorization: `Bearer ${CALLER_KEY}`, 'content-type': 'application/json' },
          requestContext: { http: { method: 'POST', path: '/v1/tasks/cancel' } },
          body: JSON.stringify({ share_id: shareId, task_id: taskId }),
        },
        lambdaContext(REMAINING_MS),
      ),
  };
}

function toFault(random: () => number): Fault {
  const kind = KINDS[Math.floor(random() * KINDS.length)] ?? { type: 'throttle' };
  return { operation: random() < 0.02 ? 'CreateToken' : 'DeleteFsTask', kind };
}

/** Empties the log of requests only: tasks, tokens and ordered faults stay. */
function trim(cloud: Cloud): void {
  cloud.reset();
}

interface Resources {
  readonly sockets: number;
  readonly timers: number;
}

function resources(): Resources {
  const active = process.getActiveResourcesInfo();
  return {
    sockets: active.filter((name) => name === 'TCPSocketWrap').length,
    timers: active.filter((name) => name === 'Timeout').length,
  };
}

/** What there is beyond `before`, once it has had a moment to go. */
async function leftOver(before: Resources): Promise<Resources> {
  const left = (): Resources => {
    const now = resources();
    return { sockets: now.sockets - before.sockets, timers: now.timers - before.timers };
  };
  for (let n = 0; n < 100 && (left().sockets > 0 || left().timers > 0); n += 1) await settle();
  return left();
}

const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 20));

function heapBytes(): number {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as () => void;
  gc();
  gc();
  return process.memoryUsage().heapUsed;
}
