import middy, { type MiddlewareObj } from '@middy/core';
import type { Call } from '../lib/core/call.ts';
import { ServiceError, toServiceError } from '../lib/core/errors.ts';
import { describeBug } from '../lib/core/log.ts';
import { nodeRuntime } from '../lib/core/runtime.ts';
import type { SweepOverrides } from '../lib/sweep/overrides.ts';
import { isFailed, type SweepSummary } from '../lib/sweep/summary.ts';
import { createSweep } from '../lib/sweep/sweep.ts';
import { type Apps, createApps } from './platform/apps.ts';
import { type Invocation, toInvocation, toMiddyContext } from './platform/invocation.ts';
import { toSweepMetrics, writeMetrics } from './platform/metrics.ts';
import { parseTimerEvent } from './requests/timer-event.ts';

/** A function behind a schedule: its answer is what the run did, and a run that failed is a failed invocation. */
export type TimerHandler = (event: unknown, context: unknown) => Promise<SweepSummary>;

interface TimerEvent {
  readonly input: unknown;
  readonly invocation: Invocation;
  /** Set by `timerOrder`. */
  order: SweepOverrides;
}

// time for the last lines and the way out through the platform
const END_RESERVE_MS = 500;
// what a run gets where the platform does not tell
const DEFAULT_LIMIT_MS = 60_000;

/** The function `timer`: one event, one sweep. */
export function createHandler(apps: Apps): TimerHandler {
  async function sweep({ order, invocation }: TimerEvent): Promise<SweepSummary> {
    const app = await apps.appFor(invocation);
    const { sweep: settings } = app.config;
    if (settings === undefined) throw new ServiceError('misconfigured', 'the sweep is not configured');
    const call: Call = {
      requestId: invocation.requestId,
      deadlineAtMs: app.runtime.now() + (invocation.remainingMs?.() ?? DEFAULT_LIMIT_MS) - END_RESERVE_MS,
      log: app.logs(invocation.requestId),
      agency: invocation.agency,
    };
    return createSweep({ ...app, config: { ...app.config, sweep: settings } })(order, call, {
      onDone: (summary) => writeMetrics(toSweepMetrics(summary), invocation, apps),
    });
  }

  // the sweep keeps to its own deadline, which leaves time for what Middy's early time-out would cut off
  const chain = middy<TimerEvent, SweepSummary>({ timeoutEarlyInMillis: 0 }).use(timerOrder()).handler(sweep);

  return async (input, context) => {
    const invocation = toInvocation(context);
    const event: TimerEvent = { input, invocation, order: {} };
    const summary = await chain(event, toMiddyContext(invocation)).catch((error: unknown) => {
      throw toRunError(error, invocation, apps);
    });
    if (isFailed(summary)) {
      const { failed, due, failed_shares: failedShares, shares } = summary;
      throw new Error(`the sweep failed for ${failed} of ${due} due tasks and ${failedShares} of ${shares} shares`);
    }
    return summary;
  };
}

function timerOrder(): MiddlewareObj<TimerEvent, SweepSummary> {
  return {
    before: ({ event }) => {
      event.order = parseTimerEvent(event.input);
    },
  };
}

/** A run that did not come to its summary: what operators must know goes to the log. */
function toRunError(thrown: unknown, invocation: Invocation, apps: Apps): Error {
  const { code, message, faults, cause } = toServiceError(thrown);
  const log = apps.logs(invocation.requestId);
  writeMetrics({ SweepSucceeded: 0, SweepFailures: 1 }, invocation, apps);
  if (code === 'misconfigured') log.error('config.faults', { faults });
  else if (code === 'invalid_input') log.error('sweep.refused', { reason: message });
  else log.error('bug', { bug: describeBug(cause ?? thrown) });
  // a new one: the platform writes an error out with all that hangs on it
  return new Error(`the sweep was not carried out: ${message}`);
}

export const handler = createHandler(createApps(nodeRuntime, { sweep: 'required' }));
