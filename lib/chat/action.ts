import * as v from 'valibot';
import { SHARE_ID, TASK_ID } from './ids.ts';

const PAGE = v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1));

/** A button's text, split at its colons. */
const ACTION = v.union([
  v.pipe(
    v.strictTuple([v.literal('list'), SHARE_ID, PAGE]),
    v.transform(([type, shareId, page]) => ({ type, shareId, page })),
  ),
  v.pipe(
    v.strictTuple([v.picklist(['status', 'ask']), SHARE_ID, TASK_ID]),
    v.transform(([type, shareId, taskId]) => ({ type, shareId, taskId })),
  ),
  v.pipe(
    v.strictTuple([v.literal('confirm'), v.pipe(v.string(), v.nonEmpty())]),
    v.transform(([type, token]) => ({ type, token })),
  ),
  v.pipe(
    v.strictTuple([v.literal('keep')]),
    v.transform(([type]) => ({ type })),
  ),
]);

/** What a button does. Only `confirm` changes anything, and its token is signed. */
export type Action = Readonly<v.InferOutput<typeof ACTION>>;

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

/** The action of a clicked button. Nothing when the button carries none of ours. */
export function parseAction(text: unknown): Action | undefined {
  const result = v.safeParse(ACTION, typeof text === 'string' ? text.split(':') : undefined);
  return result.success ? result.output : undefined;
}
