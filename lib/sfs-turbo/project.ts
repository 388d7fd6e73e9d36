import type { Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { ProjectId } from '../core/task.ts';
import type { Dependencies } from './dependencies.ts';

/**
 * The project of the credentials, while the connection to SFS Turbo is being opened.
 *
 * @param expected the project that a caller named
 * @throws {ServiceError} `forbidden` when it is another one; what the credentials throw
 */
export async function findProject(
  expected: ProjectId | undefined,
  call: Call,
  { credentials, preconnect }: Dependencies,
): Promise<ProjectId> {
  const finding = credentials.projectId(call);
  preconnect();
  const projectId = await finding;
  if (expected === undefined || expected === projectId) return projectId;
  throw new ServiceError('forbidden', "project_id is not the project of the function's credentials");
}
