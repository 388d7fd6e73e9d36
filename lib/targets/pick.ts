import type { Targets } from '../config/targets.ts';
import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ProjectId } from '../core/task.ts';
import type { Target } from './target.ts';

/** How a request names its target: by one of the two, or by neither where there is one target. */
export interface TargetChoice {
  readonly target?: string | undefined;
  readonly projectId?: ProjectId | undefined;
}

/**
 * The target that a request names. Where an id is known from the configuration nothing is asked; the project of a target
 * that has a name alone is found out first, and is then known.
 *
 * @param mayBeMeant whether a target whose project would have to be found out may be meant
 * @throws {ServiceError} `invalid_input` when it names none and there are several; `forbidden` when it names another; what
 *   finding out throws, where the project may be that of a target which could not be asked
 */
export async function pickTarget<T extends Target>(
  targets: Targets<T>,
  { target: name, projectId }: TargetChoice,
  call: Call,
  mayBeMeant: (target: T) => boolean,
): Promise<T> {
  const [first, ...others] = targets;
  if (name !== undefined) return targets.find(({ settings }) => settings.name === name) ?? refuse('target');
  if (others.length === 0) return first;
  if (projectId === undefined) {
    throw new ServiceError('invalid_input', 'project_id is missing: this function has several targets');
  }
  const known = targets.find(({ settings }) => settings.project.id === projectId);
  return known ?? (await findByLookUp(targets.filter(mayBeMeant), projectId, call)) ?? refuse('project_id');
}

async function findByLookUp<T extends Target>(
  targets: readonly T[],
  projectId: ProjectId,
  call: Call,
): Promise<T | undefined> {
  const unknown = targets.filter(({ settings }) => settings.project.id === undefined);
  const found = await Promise.allSettled(unknown.map((target) => target.projectId(call)));
  const at = found.findIndex((result) => result.status === 'fulfilled' && result.value === projectId);
  const failed = found.find((result) => result.status === 'rejected');
  if (at === -1 && failed !== undefined) throw failed.reason;
  return unknown[at];
}

function refuse(field: string): never {
  throw new ServiceError('forbidden', `${field} names no target of this function`);
}
