import type { ReportSettings } from '../config/reports.ts';
import type { Call } from '../core/call.ts';
import { describeBug } from '../core/log.ts';
import { toMessage } from './message.ts';
import { isReported } from './reasons.ts';
import type { RunReport } from './run-report.ts';
import { type ReportCounts, type Sender, sendReport } from './send-report.ts';

/** Reports a run where `REPORT_ON` asks for it. Does not throw. */
type Reporter = (report: RunReport, call: Pick<Call, 'log' | 'deadlineAtMs'>) => Promise<ReportCounts>;

const NOTHING_SENT: Readonly<ReportCounts> = { sent: 0, failed: 0 };

export function createReporter({ targets, on, language }: ReportSettings, sender: Sender): Reporter {
  return async (report, call) => {
    if (targets.length === 0 || !isReported(report, on)) return NOTHING_SENT;
    try {
      return await sendReport({ report, message: toMessage(report, language) }, targets, sender, call);
    } catch (error) {
      // the run is done: a bug in what is told of it must not make it a failed one
      call.log.error('bug', { bug: describeBug(error) });
      return { sent: 0, failed: targets.length };
    }
  };
}
