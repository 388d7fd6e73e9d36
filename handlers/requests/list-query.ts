import * as v from 'valibot';
import { parseDurationMs } from '../../lib/config/duration.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { parseFeature, parseProjectId, parseShareId, quoted, TASK_STATUSES } from '../../lib/core/task.ts';
import { listedTaskId } from '../../lib/sfs-turbo/documented-task.ts';
import type { ListQuery } from '../../lib/tasks/list.ts';
import type { HttpRequest } from '../platform/http-request.ts';

const DEFAULT_LIMIT = 20; // the API's own
const STATUSES = v.picklist(TASK_STATUSES);

const QUERY = v.object({
  limit: v.optional(
    v.pipe(v.string(), v.regex(/^\d{1,3}$/), v.transform(Number), v.minValue(1), v.maxValue(100)),
    String(DEFAULT_LIMIT),
  ),
  marker: v.optional(listedTaskId),
  status: v.optional(v.pipe(v.string(), v.transform(splitAtCommas), v.array(STATUSES), v.minLength(1))),
  older_than: v.optional(v.pipe(v.string(), v.transform(parseDurationMs), v.number())),
  path_prefix: v.optional(v.pipe(v.string(), v.startsWith('/'), v.maxLength(4_096))),
});

const EXPECTED: Readonly<Record<string, string>> = {
  limit: 'must be a whole number from 1 to 100',
  marker: 'must be the id of a task',
  status: `must be one or more of ${TASK_STATUSES.join(', ')}, comma-separated`,
  older_than: 'must be a duration such as 90m, 24h or 7d',
  path_prefix: 'must begin with / and have at most 4096 characters',
};

/**
 * What a request for a list asks: the share in its path, the page and the filters in its query.
 *
 * @throws {ServiceError} `invalid_input` naming the first faulty field; `feature_invalid`
 */
export function parseListQuery(
  { query }: Pick<HttpRequest, 'query'>,
  path: Readonly<Record<string, string>>,
): ListQuery {
  const unknown = query.find(([name]) => !Object.hasOwn(QUERY.entries, name));
  if (unknown !== undefined) {
    const known = Object.keys(QUERY.entries).join(', ');
    throw new ServiceError('invalid_input', `unknown parameter ${quoted(unknown[0])}; known: ${known}`);
  }
  const twice = query.find(([name], at) => query.findIndex(([other]) => other === name) !== at);
  if (twice !== undefined) throw new ServiceError('invalid_input', `${twice[0]} must not be there twice`);
  const result = v.safeParse(QUERY, Object.fromEntries(query));
  if (!result.success) {
    const name = String(v.getDotPath(result.issues[0])?.split('.')[0]);
    throw new ServiceError('invalid_input', `${name} ${EXPECTED[name]}`);
  }
  const { limit, marker, status, older_than: olderThanMs, path_prefix: pathPrefix } = result.output;
  const shareId = parseShareId(path['share_id']);
  const projectId = parseProjectId(path['project_id']);
  parseFeature(path['feature']);
  return { shareId, projectId, limit, marker, statuses: status && new Set(status), olderThanMs, pathPrefix };
}

function splitAtCommas(value: string): readonly string[] {
  return value.split(',');
}
