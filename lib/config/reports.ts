import * as v from 'valibot';
import { commaList, text } from './forms.ts';
import { language } from './language.ts';
import { reportTargets } from './report-targets.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

/** Which runs are reported. `change`: a run that deleted something. */
const REPORT_REASONS = ['failure', 'change', 'always'] as const;
export type ReportReason = (typeof REPORT_REASONS)[number];

const REASONS_MESSAGE = `must be of ${REPORT_REASONS.join(', ')}, comma-separated`;
const reasons = v.pipe(
  commaList(v.pipe(text, v.toLowerCase(), v.picklist(REPORT_REASONS, REASONS_MESSAGE))),
  v.minLength(1, REASONS_MESSAGE),
  v.transform((entries): ReadonlySet<ReportReason> => new Set(entries)),
);

const variables = v.object({
  REPORT_TO: v.optional(reportTargets, ''),
  REPORT_ON: v.optional(reasons, 'failure,change'),
  CHAT_LANGUAGE: language,
});

/** What is told of a sweep, and to whom. */
export type ReportSettings = ReturnType<typeof toSettings>;

export function readReports(lookup: Lookup): Section<{ readonly reports: ReportSettings }> {
  const toSection = v.transform((values: v.InferOutput<typeof variables>) => ({ reports: toSettings(values) }));
  return readSection(v.pipe(variables, toSection), lookup);
}

function toSettings(values: v.InferOutput<typeof variables>) {
  return {
    /** Empty: nothing is reported. */
    targets: values.REPORT_TO,
    on: values.REPORT_ON,
    language: values.CHAT_LANGUAGE,
  } as const;
}
