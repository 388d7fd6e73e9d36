import { createHash } from 'node:crypto';
import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import type { Call } from '../../lib/core/call.ts';
import { toServiceError } from '../../lib/core/errors.ts';
import { createLogs } from '../../lib/core/log.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { parseShareId } from '../../lib/core/task.ts';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { lambdaContext } from '../support/contexts.ts';
import { onlyApp } from '../support/only-app.ts';
import { STAGES, type Stage, startProxy, type TcpProxy, type Toxic } from './proxy.ts';

/** The eight toxics, as strong as they are ordered here. */
export const TOXICS: readonly Toxic[] = [
  { type: 'latency', ms: 40, jitterMs: 30 },
  { type: 'down' },
  { type: 'bandwidth', bytesPerSecond: 4_000 },
  { type: 'slow close', ms: 100 },
  { type: 'time-out', ms: 0 },
  { type: 'reset' },
  { type: 'slicer', bytes: 256, pauseMs: 1 },
  { type: 'limit data', bytes: 10 },
];
/** The call whose answers suffer. */
export const CALLS = ['IAM', 'list', 'delete'] as const;
/** The first connection only, or every one. */
export const EXTENTS = ['once', 'always'] as const;

export interface Cell {
  readonly toxic: Toxic;
  readonly stage: Stage;
  readonly call: (typeof CALLS)[number];
  readonly extent: (typeof EXTENTS)[number];
}

export interface Result extends Cell {
  /** `202`, `202 already_gone`, `listed` or the status of a failure. */
  readonly outcome: string;
  readonly errCode: string | undefined;
  /** What the answer says of the DELETE. */
  readonly claim: 'done' | 'may be done' | 'not done' | undefined;
  /** What is true of it. */
  readonly isDone: boolean;
  readonly durationMs: number;
  /** Connections that were left when the function was closed. */
  readonly leftOpen: number;
  readonly lines: readonly string[];
}

/** What an invocation has; the function keeps half a second of it for itself. */
export const REMAINING_MS = 4_000;
const REQUEST_TIMEOUT_MS = '600';
const TASKS_IN_SHARE = 3;
const CALLER_KEY = 'key-of-the-laboratory';
const PARALLEL_CELLS = 24;

export const CELLS: readonly Cell[] = TOXICS.flatMap((toxic) =>
  STAGES.flatMap((stage) => CALLS.flatMap((call) => EXTENTS.map((extent): Cell => ({ toxic, stage, call, extent })))),
);

/** Runs every cell, some at a time, each in a cloud of its own. */
export async function runMatrix(cells: readonly Cell[] = CELLS): Promise<readonly Result[]> {
  const results: Result[] = [];
  const waiting = [...cells.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, cell] = next;
      results[index] = await runCell(cell);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CELLS }, work));
  return results;
}

async function runCell(cell: Cell): Promise<Result> {
  const cloud = await startCloud();
  const iam = await startProxy(cloud.iamUrl);
  const sfsTurbo = await startProxy(cloud.sfsTurboUrl);
  const { toxic, stage, call } = cell;
  const suffering = call === 'IAM' ? iam : sfsTurbo;
  suffering.ail({ toxic, stage, connections: cell.extent === 'once' ? 1 : Number.POSITIVE_INFINITY });
  try {
    const result = await (call === 'list' ? runList : runCancel)(cloud, { iam, sfsTurbo });
    await waitUntil(() => suffering.openConnections() === 0);
    return { ...cell, ...result, leftOpen: suffering.openConnections() };
  } finally {
    await Promise.all([iam.close(), sfsTurbo.close(), cloud.close()]);
  }
}

interface Proxies {
  readonly iam: TcpProxy;
  readonly sfsTurbo: TcpProxy;
}
type Run = Pick<Result, 'outcome' | 'errCode' | 'claim' | 'isDone' | 'durationMs' | 'lines'>;

/** One cancel through the function. */
async function runCancel(cloud: Cloud, proxies: Proxies): Promise<Run> {
  const { config, runtime, lines, shareId } = deployed(cloud, proxies);
  const app = createHttpApp(config, runtime);
  const handler = createHandler(onlyApp(app));
  const taskId = cloud.addTask(shareId);
  // the real answer has no body to be hit in
  const withBody = { type: 'status', status: 202, body: {}, act: true } as const;
  cloud.order({ operation: 'DeleteFsTask', kind: withBody });
  const event = {
    headers: { authorization: `Bearer ${CALLER_KEY}`, 'content-type': 'application/json' },
    requestContext: { http: { method: 'POST', path: '/v1/tasks/cancel' } },
    body: JSON.stringify({ share_id: shareId, task_id: taskId }),
  };
  const startedAtMs = performance.now();

  const { statusCode, body } = await handler(event, lambdaContext(REMAINING_MS));
  const durationMs = performance.now() - startedAtMs;
  await app.close();
  const { outcome, errCode, errMsg = '' } = JSON.parse(body) as Record<string, string>;
  const claim = /may have been carried out/.test(errMsg)
    ? 'may be done'
    : /was not carried out/.test(errMsg)
      ? 'not done'
      : undefined;
  return {
    outcome: outcome === undefined || outcome === 'accepted' ? String(statusCode) : `${statusCode} ${outcome}`,
    errCode,
    claim: statusCode === 202 ? 'done' : claim,
    isDone: cloud.deletedTaskIds.includes(taskId),
    durationMs,
    lines,
  };
}

/** One page of a share's tasks. */
async function runList(cloud: Cloud, proxies: Proxies): Promise<Run> {
  const { config, runtime, lines, shareId } = deployed(cloud, proxies);
  const app = createHttpApp(config, runtime);
  const log = createLogs('DEBUG', runtime.write)('request-1');
  const call: Call = {
    requestId: 'request-1',
    log,
    deadlineAtMs: runtime.now() + REMAINING_MS - 500,
    agency: undefined,
  };
  for (let n = 0; n < TASKS_IN_SHARE; n += 1) cloud.addTask(shareId);
  const startedAtMs = performance.now();

  const listed = await app.sfsTurbo.listTaskPage(parseShareId(shareId), undefined, call).catch(toServiceError);
  const durationMs = performance.now() - startedAtMs;
  await app.close();
  const run = { claim: undefined, isDone: false, durationMs, lines };
  if (listed instanceof Error) return { ...run, outcome: String(listed.status), errCode: listed.errCode };
  return { ...run, outcome: listed.length === TASKS_IN_SHARE ? 'listed' : 'listed in part', errCode: undefined };
}

function deployed(cloud: Cloud, { iam, sfsTurbo }: Proxies) {
  const shareId = cloud.addShare();
  const variables: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    HW_AUTH_URL: `${iam.origin}/v3`,
    SFS_TURBO_ENDPOINT: sfsTurbo.origin,
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: `lab:${createHash('sha256').update(CALLER_KEY).digest('hex')}`,
    LOG_LEVEL: 'DEBUG',
    REQUEST_TIMEOUT_MS,
  };
  const lines: string[] = [];
  // no pause between attempts: it says nothing of the outcome
  const runtime: Runtime = { ...nodeRuntime, random: () => 0, write: (line) => lines.push(line) };
  return { config: readHttpConfig((name) => variables[name]), runtime, lines, shareId };
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  for (let n = 0; n < 100 && !isSo(); n += 1) await nodeRuntime.sleep(10);
}

/** The table of docs/reliability.md: a toxic, where in the answers it begins to work, and what came of each call. */
export function toMarkdown(results: readonly Result[]): string {
  const columns = CALLS.flatMap((call) => EXTENTS.map((extent) => ({ call, extent })));
  const header = ['toxic', 'from', ...columns.map(({ call, extent }) => `${call}, ${extent}`)];
  const rows = TOXICS.flatMap((toxic) =>
    STAGES.map((stage) => [
      toxic.type,
      stage,
      ...columns.map(({ call, extent }) => {
        const isOfCell = (result: Result) =>
          result.toxic === toxic && result.stage === stage && result.call === call && result.extent === extent;
        return results.find(isOfCell)?.outcome ?? '';
      }),
    ]),
  );
  return [header, header.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}
