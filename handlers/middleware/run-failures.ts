import type { MiddlewareObj } from '@middy/core';
import type { App } from '../../lib/app.ts';
import { toServiceError } from '../../lib/core/errors.ts';
import { describeBug } from '../../lib/core/log.ts';
import type { Apps } from '../platform/apps.ts';
import { writeMetrics } from '../platform/metrics.ts';
import type { TimerEvent } from './sweep-overrides.ts';

/** For a run that did not come to its summary: what operators must know goes to the log. */
export function runFailures({ logs, runtime }: Pick<Apps<App>, 'logs' | 'runtime'>): MiddlewareObj<TimerEvent> {
  return {
    onError: (request) => {
      const { invocation } = request.event;
      const { code, message, faults, cause } = toServiceError(request.error);
      const log = logs(invocation.requestId);
      writeMetrics({ SweepSucceeded: 0, SweepFailures: 1 }, invocation, runtime);
      if (code === 'misconfigured') log.error('config.faults', { faults });
      else if (code === 'invalid_input' || code === 'forbidden') log.error('sweep.refused', { reason: message });
      else log.error('bug', { bug: describeBug(cause ?? request.error) });
      // a new error: the platform writes out an error with all that hangs on it
      request.error = new Error(`the sweep was not carried out: ${message}`);
    },
  };
}
