import { onTestFinished } from 'vitest';
import { createHttpApp, type HttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import type { Caller } from '../../lib/core/caller.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { parseShareId } from '../../lib/core/task.ts';
import type { CancelMany } from '../../lib/tasks/cancel-many.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';

export interface ManyOptions {
  readonly cloud?: CloudOptions;
  readonly variables?: Readonly<Record<string, string>>;
  readonly runtime?: Partial<Runtime>;
}

export interface ManyInstance {
  readonly app: HttpApp;
  readonly logged: (event: string) => readonly Record<string, unknown>[];
  /** Cancels the running tasks of a share for real, at most ten, unless told otherwise. */
  readonly cancelMany: (
    shareId: string,
    query?: Partial<Parameters<CancelMany>[0]>,
    options?: {
      readonly remainingMs?: number;
      readonly caller?: Caller;
      readonly observer?: Parameters<CancelMany>[3];
    },
  ) => ReturnType<CancelMany>;
}

/** An instance that cancels many tasks of an embedded cloud. */
export function createManyInstance(cloud: Cloud, { variables, runtime }: ManyOptions = {}): ManyInstance {
  const lines: string[] = [];
  const merged: Runtime = { ...nodeRuntime, write: (line) => lines.push(line), ...runtime };
  const lookup: Readonly<Record<string, string>> = { ...cloud.environment(), ALLOWED_SHARES: '*', ...variables };
  const app = createHttpApp(
    readHttpConfig((name) => lookup[name]),
    merged,
  );
  return {
    app,
    logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
    cancelMany: async (shareId, query = {}, options = {}) => {
      const { remainingMs = 25_000, caller = { name: 'ci', shares: '*' }, observer } = options;
      const call = { requestId: 'many-1', deadlineAtMs: merged.now() + remainingMs, log: app.logs('many-1') };
      const asked = { shareId: parseShareId(shareId), statuses: new Set(['DOING' as const]), max: 10, dryRun: false };
      return app.cancelMany({ ...asked, ...query }, caller, call, observer);
    },
  };
}

export async function prepareMany(options: ManyOptions = {}): Promise<ManyInstance & { readonly cloud: Cloud }> {
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY, ...options.cloud });
  onTestFinished(() => cloud.close());
  const instance = createManyInstance(cloud, options);
  onTestFinished(() => instance.app.close());
  return { cloud, ...instance };
}
