import { readReports } from '../config/reports.ts';
import type { Lookup } from '../config/variable.ts';
import type { Call } from '../core/call.ts';
import type { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { createTransport } from '../net/transport.ts';
import { createReporter } from './reporter.ts';

/**
 * Reports a run that did not begin, as far as the variables of the reports are sound: the others may be what is wrong. Does not
 * throw.
 */
export async function reportFailedRun(
  error: ServiceError,
  lookup: Lookup,
  call: Pick<Call, 'requestId' | 'log' | 'deadlineAtMs'>,
  runtime: Runtime,
): Promise<void> {
  const section = readReports(lookup);
  if ('faults' in section || section.settings.reports.targets.length === 0) return;
  // the app may not exist, and its connections with it
  const transport = createTransport(runtime);
  const report = createReporter(section.settings.reports, { transport, runtime });
  await report({ type: 'not_swept', error, requestId: call.requestId, place: undefined }, call);
  await transport.close();
}
