import { parseTaskRef } from '../../lib/core/task.ts';
import { adds } from './adds.ts';
import type { HttpEvent } from './router.ts';

/** The task that the path names. */
export function taskInPath() {
  return adds('task', ({ pathParameters }: HttpEvent) => {
    const fields = Object.entries(pathParameters).map(([name, segment]) => [name, decodeSegment(segment)]);
    return parseTaskRef(Object.fromEntries(fields));
  });
}

/** The task that the JSON body names. */
export function taskInBody() {
  return adds('task', ({ body }: HttpEvent) => parseTaskRef(body));
}

/** A segment that is not well encoded stays as it is, and then is no id. */
function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
