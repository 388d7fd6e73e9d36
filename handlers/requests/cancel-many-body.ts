import * as v from 'valibot';
import { parseDurationMs } from '../../lib/config/duration.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';
import { parseFeature, parseProjectId, quoted, TASK_STATUSES } from '../../lib/core/task.ts';
import { type CancelManyQuery, DEFAULT_MAX, HIGHEST_MAX } from '../../lib/tasks/cancel-many.ts';

const STATUSES = v.pipe(v.array(v.picklist(TASK_STATUSES)), v.minLength(1));

const BODY = v.object({
  share_id: v.pipe(v.string(), v.regex(/^[A-Za-z0-9._-]{1,64}$/)),
  project_id: v.optional(v.unknown()),
  feature: v.optional(v.unknown()),
  status: STATUSES,
  older_than: v.optional(v.pipe(v.string(), v.transform(parseDurationMs), v.number())),
  path_prefix: v.optional(v.pipe(v.string(), v.startsWith('/'), v.maxLength(4_096))),
  max: v.optional(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(HIGHEST_MAX)), DEFAULT_MAX),
  dry_run: v.optional(v.boolean(), true),
});

const EXPECTED: Readonly<Record<string, string>> = {
  share_id: 'must be the id of a share, or an alias of SHARE_ALIASES',
  status: `must be a list of one or more of ${TASK_STATUSES.join(', ')}`,
  older_than: 'must be a duration such as 90m, 24h or 7d',
  path_prefix: 'must begin with / and have at most 4096 characters',
  max: `must be a whole number from 1 to ${HIGHEST_MAX}`,
  dry_run: 'must be true or false',
};

/** What a body asks; the share as its sender wrote it: by id or by alias. */
export interface ManyInBody extends Omit<CancelManyQuery, 'shareId' | 'only'> {
  readonly share: string;
}

/**
 * Which tasks to cancel, from untrusted input. Unless it says `"dry_run": false`, nothing is to be deleted.
 *
 * @throws {ServiceError} `invalid_input` naming the first faulty field; `feature_invalid` when all else is well
 */
export function parseCancelMany(body: unknown): ManyInBody {
  if (!isRecord(body)) throw new ServiceError('invalid_input', 'body must be a JSON object');
  const known = Object.keys(BODY.entries);
  const unknown = Object.keys(body).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    throw new ServiceError('invalid_input', `unknown field ${quoted(unknown)}; known: ${known.join(', ')}`);
  }
  const result = v.safeParse(BODY, body);
  if (!result.success) {
    const name = String(v.getDotPath(result.issues[0])?.split('.')[0]);
    throw new ServiceError('invalid_input', `${name} ${body[name] === undefined ? 'is missing' : EXPECTED[name]}`);
  }
  const { share_id: share, project_id: project, feature, status, path_prefix: pathPrefix, max } = result.output;
  const projectId = project === undefined ? undefined : parseProjectId(project);
  if (feature !== undefined) parseFeature(feature);
  const { older_than: olderThanMs, dry_run: dryRun } = result.output;
  return { share, projectId, statuses: new Set(status), olderThanMs, pathPrefix, max, dryRun };
}
