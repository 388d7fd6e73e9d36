import type { Context } from 'aws-lambda';
import type { HttpApp } from '../../lib/app.ts';
import { parseTaskRef, type TaskRef } from '../../lib/core/task.ts';
import { parseOverrides, parseTargetOverrides, type SweepOverrides } from '../../lib/sweep/overrides.ts';
import { type ManyInBody, parseCancelMany } from '../requests/cancel-many-body.ts';
import { parseListQuery } from '../requests/list-query.ts';
import { takeTarget } from '../requests/target-in-body.ts';
import { adds } from './adds.ts';
import type { HttpEvent } from './router.ts';
import type { Session } from './session.ts';

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

interface InSession extends Context {
  readonly session: Session<HttpApp>;
}

/** The task that the JSON body names. */
export function taskInBody() {
  return adds('task', ({ body }: HttpEvent, { session }: InSession): TaskRef => {
    const { target, rest } = takeTarget(body, hasNames(session.app));
    return { ...parseTaskRef(rest), target };
  });
}

/** The tasks that the JSON body asks for. */
export function manyInBody() {
  return adds('many', ({ body }: HttpEvent, { session }: InSession): ManyInBody => {
    const { target, rest } = takeTarget(body, hasNames(session.app));
    return { ...parseCancelMany(rest), target };
  });
}

function hasNames({ targets: [{ settings }] }: HttpApp): boolean {
  return settings.name !== undefined;
}

/** What the JSON body narrows of a sweep, as the event of a schedule does. */
export function overridesInBody() {
  return adds(
    'overrides',
    ({ body }: HttpEvent, { session }: InSession): SweepOverrides =>
      hasNames(session.app) ? parseTargetOverrides(body) : parseOverrides(body),
  );
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
