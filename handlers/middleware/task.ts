import { parseTaskRef } from '../../lib/core/task.ts';
import { parseOverrides } from '../../lib/sweep/overrides.ts';
import { parseCancelMany } from '../requests/cancel-many-body.ts';
import { parseListQuery } from '../requests/list-query.ts';
import { adds } from './adds.ts';
import type { HttpEvent } from './router.ts';

/** The task that the path names. */
export function taskInPath() {
  return adds('task', ({ pathParameters }: HttpEvent) => {
    return parseTaskRef(decoded(pathParameters));
  });
}

/** The share that the path names, and the page and the filters of the query. */
export function listQuery() {
  return adds('query', (event: HttpEvent) => parseListQuery(event, decoded(event.pathParameters)));
}

/** The task that the JSON body names. */
export function taskInBody() {
  return adds('task', ({ body }: HttpEvent) => parseTaskRef(body));
}

/** The tasks that the JSON body asks for. */
export function manyInBody() {
  return adds('many', ({ body }: HttpEvent) => parseCancelMany(body));
}

/** What the JSON body narrows of a sweep, as the event of a schedule does. */
export function overridesInBody() {
  return adds('overrides', ({ body }: HttpEvent) => parseOverrides(body));
}

function decoded(pathParameters: HttpEvent['pathParameters']): Readonly<Record<string, string>> {
  const fields = Object.entries(pathParameters).map(([name, segment]) => [name, decodeSegment(segment)]);
  return Object.fromEntries(fields);
}

/** A segment that is not well encoded stays as it is, and then is no id. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
