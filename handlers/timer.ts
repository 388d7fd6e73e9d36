import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import { createTimerApp, type TimerApp } from '../lib/app.ts';
import { readTimerConfig } from '../lib/config/read-config.ts';
import type { Runtime } from '../lib/core/runtime.ts';
import type { ReportCounts } from '../lib/reports/send-report.ts';
import { isFailed, type SweepSummary, whatFailed } from '../lib/sweep/summary.ts';
import { SCHEDULE } from '../lib/sweep/sweep.ts';
import { runFailures } from './middleware/run-failures.ts';
import { type TimerEvent, timerOrder } from './middleware/timer-order.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { toFunction } from './platform/chain.ts';
import { type CheckAnswer, logCheck, toCheckAnswer, whatCheckFailed } from './platform/check-answer.ts';
import { type Invocation, toCall, toInvocation, toMiddyContext } from './platform/invocation.ts';
import { toInvokeSelf } from './platform/invoke-self.ts';
import { toSweepMetrics, toTargetMetrics, writeMetrics } from './platform/metrics.ts';
import type { CheckOrder } from './requests/check-order.ts';
import type { TimerOrder } from './requests/timer-event.ts';

/** A function behind a schedule: its answer is what the run did, and a run that failed is a failed invocation. */
type TimerHandler = (event: unknown, context: unknown) => Promise<SweepSummary | CheckAnswer>;

// time for the last lines and the way out through the platform
const LIMITS = { reserveMs: 500, defaultMs: 60_000 } as const;

interface Ordered extends Context {
  readonly order: TimerOrder;
}

/** The function `timer`: one event, one sweep, or one check. */
export function createHandler(apps: Apps<TimerApp>): TimerHandler {
  async function carryOut({ invocation }: TimerEvent, { order }: Ordered): Promise<SweepSummary | CheckAnswer> {
    const app = await apps.appFor(invocation);
    if ('check' in order) return check(app, order, invocation);
    const call = { ...toCall(invocation, app, LIMITS), invokeSelf: toInvokeSelf(invocation, app) };
    return app.sweep(order, SCHEDULE, call, measuring(invocation, apps.runtime));
  }

  const chain = toFunction(
    // the sweep keeps to its own deadline, which leaves time for what Middy's early time-out would cut off
    middy<TimerEvent, SweepSummary | CheckAnswer>({ timeoutEarlyInMillis: 0 })
      .use(runFailures(apps, LIMITS))
      .use(timerOrder())
      .handler(carryOut),
  );

  return async (input, context) => {
    const invocation = toInvocation(context);
    const answer = await chain({ input, invocation }, toMiddyContext(invocation));
    if ('checks' in answer) {
      if (answer.failed) throw new Error(`the check failed${whatCheckFailed(answer)}`);
    } else if (isFailed(answer)) {
      throw new Error(`the sweep failed${whatFailed(answer)}`);
    }
    return answer;
  };
}

function measuring(invocation: Invocation, runtime: Pick<Runtime, 'write'>) {
  return {
    onTarget: (target: string, summary: SweepSummary): void =>
      writeMetrics(toTargetMetrics(summary), invocation, runtime, target),
    onDone: (summary: SweepSummary): void => {
      // a run that left every target to others has seen nothing, good or bad
      const isOfOthers = summary.targets !== undefined && summary.targets === summary.fanned_out;
      if (!isOfOthers) writeMetrics(toSweepMetrics(summary), invocation, runtime);
    },
    onReported: ({ failed }: ReportCounts): void => writeMetrics({ ReportsFailed: failed }, invocation, runtime),
  };
}

async function check(app: TimerApp, order: CheckOrder, invocation: Invocation): Promise<CheckAnswer> {
  const call = toCall(invocation, app, LIMITS);
  const answer = toCheckAnswer(await app.check(order.check, { name: 'check', shares: '*' }, call));
  logCheck(answer, call.log);
  return answer;
}

export const handler = createHandler(createApps(readTimerConfig, createTimerApp));
