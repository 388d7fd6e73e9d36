import type { MiddlewareObj } from '@middy/core';
import type { App } from '../../lib/app.ts';
import { type ServiceError, toServiceError } from '../../lib/core/errors.ts';
import { describeBug, type Log } from '../../lib/core/log.ts';
import { reportFailedRun } from '../../lib/reports/report-failed-run.ts';
import type { Apps } from '../platform/apps.ts';
import { type Invocation, toCall } from '../platform/invocation.ts';
import { writeMetrics } from '../platform/metrics.ts';
import type { TimerEvent } from './timer-order.ts';

/**
 * For a run that did not come to its summary: what operators must know goes to the log and into a report.
 *
 * @param limits as {@link toCall} has them
 */
export function runFailures(apps: Apps<App>, limits: Parameters<typeof toCall>[2]): MiddlewareObj<TimerEvent> {
  return {
    onError: async (request) => {
      const { invocation } = request.event;
      const failure = toServiceError(request.error);
      const log = apps.logs(invocation.requestId);
      writeMetrics({ SweepSucceeded: 0, SweepFailures: 1 }, invocation, apps.runtime);
      logFailure(failure, request.error, log);
      await report(failure, invocation).catch((error: unknown) => log.error('bug', { bug: describeBug(error) }));
      // a new error: the platform writes out an error with all that hangs on it
      request.error = new Error(`the sweep was not carried out: ${failure.message}`);
    },
  };

  async function report(failure: ServiceError, invocation: Invocation): Promise<void> {
    // without its secret there is nobody to report to, and the log says why
    const lookup = await apps.lookupFor(invocation).catch(() => undefined);
    if (lookup !== undefined) await reportFailedRun(failure, lookup, toCall(invocation, apps, limits), apps.runtime);
  }
}

function logFailure({ code, message, faults, cause }: ServiceError, error: unknown, log: Log): void {
  if (code === 'misconfigured') log.error('config.faults', { faults });
  else if (code === 'invalid_input' || code === 'forbidden') log.error('sweep.refused', { reason: message });
  else log.error('bug', { bug: describeBug(cause ?? error) });
}
