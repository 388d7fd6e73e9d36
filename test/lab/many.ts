import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { startCloud } from '../cloud/cloud.ts';
import { lambdaContext } from '../support/contexts.ts';
import { httpEvent, sha256 } from '../support/deployment.ts';
import { onlyApp } from '../support/only-app.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';
import { EXTENTS, TOXICS } from './matrix.ts';
import { STAGES, type Stage, startProxy, type Toxic } from './proxy.ts';

export const DOORS = [
  { door: 'cancel-many', path: '/v1/tasks/cancel-many' },
  { door: 'sweep', path: '/v1/sweeps' },
] as const;
/** From the first connection on, or from those that the DELETEs open. */
const BEGINNINGS = ['at once', 'after the list'] as const;

interface ManyCell {
  readonly toxic: Toxic;
  readonly stage: Stage;
  readonly extent: (typeof EXTENTS)[number];
  readonly beginning: (typeof BEGINNINGS)[number];
  readonly path: (typeof DOORS)[number]['path'];
}

interface ToldTask {
  readonly task_id: string;
  readonly outcome?: string;
  readonly reason: string;
}

export interface ManyResult extends ManyCell {
  readonly status: number;
  readonly errCode: string | undefined;
  readonly told: readonly ToldTask[];
  /** By the service itself. */
  readonly deleted: readonly string[];
  /** Ids in the audit lines. */
  readonly audited: readonly string[];
  readonly durationMs: number;
}

/** What an invocation has. */
export const REMAINING_MS = 5_000;
const TASKS = 6;
const CALLER_KEY = 'key-of-the-laboratory';
const PARALLEL_CELLS = 16;

export const MANY_CELLS: readonly ManyCell[] = TOXICS.flatMap((toxic) =>
  STAGES.flatMap((stage) =>
    EXTENTS.flatMap((extent) =>
      BEGINNINGS.flatMap((beginning) => DOORS.map(({ path }): ManyCell => ({ toxic, stage, extent, beginning, path }))),
    ),
  ),
);

/** Runs every cell, some at a time, each in a cloud of its own. */
export async function runManyCells(): Promise<readonly ManyResult[]> {
  const results: ManyResult[] = [];
  const waiting = [...MANY_CELLS.entries()];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const [index, cell] = next;
      results[index] = await runCell(cell);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL_CELLS }, work));
  return results;
}

async function runCell(cell: ManyCell): Promise<ManyResult> {
  const { toxic, stage, extent, beginning, path } = cell;
  const seen: { onList: () => void } = { onList: () => {} };
  const cloud = await startCloud({ onRequest: ({ operation }) => operation === 'ListFsTasks' && seen.onList() });
  const sfsTurbo = await startProxy(cloud.sfsTurboUrl);
  const ail = () => sfsTurbo.ail({ toxic, stage, connections: extent === 'once' ? 1 : Number.POSITIVE_INFINITY });
  if (beginning === 'at once') ail();
  else seen.onList = ail;
  const shareId = cloud.addShare();
  for (let n = 0; n < TASKS; n += 1) {
    cloud.addTask(shareId, { id: `task-${n}`, path: `/${n}`, ...ended((50 + n) * HOUR_MS) });
  }
  const lines: string[] = [];
  const app = appFor({ ...cloud.environment(), SFS_TURBO_ENDPOINT: sfsTurbo.origin }, shareId, lines);
  const headers = { authorization: `Bearer ${CALLER_KEY}`, 'content-type': 'application/json' };
  const body = path === '/v1/sweeps' ? {} : { share_id: shareId, status: ['SUCCESS'], dry_run: false };
  const startedAtMs = performance.now();
  try {
    const event = httpEvent('POST', path, headers, body);
    const answer = await createHandler(onlyApp(app))(event, lambdaContext(REMAINING_MS));
    const durationMs = performance.now() - startedAtMs;
    await app.close();
    // what was sent and not answered may still be carried out
    await nodeRuntime.sleep(100);
    const { errCode, tasks = [] } = JSON.parse(answer.body) as { errCode?: string; tasks?: ToldTask[] };
    const audits = lines.map((line) => JSON.parse(line)).filter(({ event: name }) => name === 'audit');
    const audited = audits.map((line) => String(line.task_id));
    const deleted = [...cloud.deletedTaskIds];
    return { ...cell, status: answer.statusCode, errCode, told: tasks, deleted, audited, durationMs };
  } finally {
    await Promise.all([sfsTurbo.close(), cloud.close()]);
  }
}

function appFor(environment: Readonly<Record<string, string>>, shareId: string, lines: string[]) {
  const variables: Readonly<Record<string, string>> = {
    ...environment,
    ...{ ALLOWED_SHARES: shareId, SWEEP_SHARES: shareId, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false' },
    CALLER_KEYS: `lab:${sha256(CALLER_KEY)}:cancel-many+sweep`,
    REQUEST_TIMEOUT_MS: '600',
  };
  // no pause between attempts: it says nothing of the outcome
  const runtime: Runtime = { ...nodeRuntime, random: () => 0, write: (line) => lines.push(line) };
  return createHttpApp(
    readHttpConfig((name) => variables[name]),
    runtime,
  );
}
