import { parseTaskRef, type TaskId } from '../../lib/core/task.ts';

export function toTaskId(text: string): TaskId {
  return parseTaskRef({ share_id: 'share-1', task_id: text }).taskId;
}
