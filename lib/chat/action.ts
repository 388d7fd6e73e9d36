import { isId, type ShareId, type TaskId } from '../task.ts';

/** What a button stands for. Only `confirm` does anything, and it carries its own signature. */
export type Action =
  | { readonly type: 'list'; readonly shareId: ShareId; readonly page: number }
  | { readonly type: 'status'; readonly shareId: ShareId; readonly taskId: TaskId }
  | { readonly type: 'ask'; readonly shareId: ShareId; readonly taskId: TaskId }
  | { readonly type: 'confirm'; readonly token: string }
  | { readonly type: 'keep' };

const MAX_PAGE = 9_999;

/** The action as the text that a button carries. */
export function encodeAction(action: Action): string {
  switch (action.type) {
    case 'list':
      return `list:${action.shareId}:${action.page}`;
    case 'status':
    case 'ask':
      return `${action.type}:${action.shareId}:${action.taskId}`;
    case 'confirm':
      return `confirm:${action.token}`;
    case 'keep':
      return 'keep';
    default:
      action satisfies never;
      throw new TypeError('unknown action');
  }
}

/** The action of a button that was clicked; none when this function did not make it, or made it too long ago. */
export function parseAction(text: unknown): Action | undefined {
  if (typeof text !== 'string') return undefined;
  const [type, first = '', second = '', ...rest] = text.split(':');
  if (rest.length > 0) return undefined;
  const shareId = isId(first) ? (first as ShareId) : undefined;
  switch (type) {
    case 'list': {
      const page = /^\d{1,4}$/.test(second) ? Number(second) : Number.NaN;
      return shareId !== undefined && page >= 1 && page <= MAX_PAGE ? { type, shareId, page } : undefined;
    }
    case 'status':
    case 'ask':
      return shareId !== undefined && isId(second) ? { type, shareId, taskId: second as TaskId } : undefined;
    case 'confirm':
      return first !== '' && second === '' ? { type, token: first } : undefined;
    case 'keep':
      return text === 'keep' ? { type } : undefined;
    default:
      return undefined;
  }
}
