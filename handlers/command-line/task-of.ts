import type { CommandLineApp } from '../../lib/app.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { parseTaskRef, type TaskRef } from '../../lib/core/task.ts';
import type { ShareName } from '../../lib/targets/share-place.ts';
import { WrongUse } from './exit-codes.ts';
import type { Session } from './session.ts';

/**
 * One task of a share, as a person names both.
 *
 * @throws {WrongUse} for a share that may not be touched, and for what is no id
 */
export function taskOf(
  { shareOf }: Pick<Session<CommandLineApp>, 'shareOf'>,
  shareWord: string,
  taskWord: string,
): { readonly share: ShareName; readonly ref: TaskRef } {
  const share = shareOf(shareWord);
  try {
    const ref = parseTaskRef({ share_id: share.shareId, task_id: taskWord });
    return { share, ref: { ...ref, target: share.target } };
  } catch (error) {
    throw error instanceof ServiceError ? new WrongUse(error.message) : error;
  }
}
