import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createTimerApp, type TimerApp } from '../lib/app.ts';
import { readTimerConfig } from '../lib/config/read-config.ts';
import type { ReportCounts } from '../lib/reports/send-report.ts';
import type { SweepOverrides } from '../lib/sweep/overrides.ts';
import { isFailed, type SweepSummary, whatFailed } from '../lib/sweep/summary.ts';
import { SCHEDULE } from '../lib/sweep/sweep.ts';
import { runFailures } from './middleware/run-failures.ts';
import { sweepOverrides, type TimerEvent } from './middleware/sweep-overrides.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { toFunction } from './platform/chain.ts';
import { toCall, toInvocation, toMiddyContext } from './platform/invocation.ts';
import { toSweepMetrics, writeMetrics } from './platform/metrics.ts';

/** A function behind a schedule: its answer is what the run did, and a run that failed is a failed invocation. */
type TimerHandler = (event: unknown, context: unknown) => Promise<SweepSummary>;

// time for the last lines and the way out through the platform
const LIMITS = { reserveMs: 500, defaultMs: 60_000 } as const;

interface Sweeping extends Context {
  readonly overrides: SweepOverrides;
}

/** The function `timer`: one event, one sweep. */
export function createHandler(apps: Apps<TimerApp>): TimerHandler {
  async function sweep({ invocation }: TimerEvent, { overrides }: Sweeping): Promise<SweepSummary> {
    const app = await apps.appFor(invocation);
    const onDone = (summary: SweepSummary): void => writeMetrics(toSweepMetrics(summary), invocation, apps.runtime);
    const onReported = ({ failed }: ReportCounts): void =>
      writeMetrics({ ReportsFailed: failed }, invocation, apps.runtime);
    return app.sweep(overrides, SCHEDULE, toCall(invocation, app, LIMITS), { onDone, onReported });
  }

  const chain = toFunction(
    // the sweep keeps to its own deadline, which leaves time for what Middy's early time-out would cut off
    middy<TimerEvent, SweepSummary>({ timeoutEarlyInMillis: 0 })
      .use(runFailures(apps, LIMITS))
      .use(sweepOverrides())
      .handler(sweep),
  );

  return async (input, context) => {
    const invocation = toInvocation(context);
    const summary = await chain({ input, invocation }, toMiddyContext(invocation));
    if (isFailed(summary)) {
      throw new Error(`the sweep failed${whatFailed(summary)}`);
    }
    return summary;
  };
}

export const handler = createHandler(createApps(readTimerConfig, createTimerApp));
