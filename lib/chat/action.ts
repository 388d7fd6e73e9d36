import * as v from 'valibot';
import type { ShareRef } from '../targets/share-place.ts';
import { SHARE_ID, TARGET_NAME, TASK_ID } from './ids.ts';

const PAGE = v.pipe(v.string(), v.regex(/^\d{1,4}$/), v.transform(Number), v.minValue(1));

/** A share as a button has it: its id, behind the name of its target where that has one. */
const SHARE = v.pipe(
  v.string(),
  v.transform((text) => text.split('/')),
  v.union([
    v.pipe(
      v.strictTuple([SHARE_ID]),
      v.transform(([shareId]): ShareRef => ({ shareId })),
    ),
    v.pipe(
      v.strictTuple([TARGET_NAME, SHARE_ID]),
      v.transform(([target, shareId]): ShareRef => ({ target, shareId })),
    ),
  ]),
);

/** A button's text, split at its colons. */
const ACTION = v.union([
  v.pipe(
    v.strictTuple([v.literal('list'), SHARE, PAGE]),
    v.transform(([type, share, page]) => ({ type, ...share, page })),
  ),
  v.pipe(
    v.strictTuple([v.picklist(['status', 'ask']), SHARE, TASK_ID]),
    v.transform(([type, share, taskId]) => ({ type, ...share, taskId })),
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
      return `list:${toText(action)}:${action.page}`;
    case 'status':
    case 'ask':
      return `${action.type}:${toText(action)}:${action.taskId}`;
    case 'confirm':
      return `confirm:${action.token}`;
    case 'keep':
      return 'keep';
    default:
      action satisfies never;
      throw new TypeError('unknown action');
  }
}

function toText({ target, shareId }: ShareRef): string {
  return target === undefined ? shareId : `${target}/${shareId}`;
}

/** The action of a clicked button. Nothing when the button carries none of ours. */
export function parseAction(text: unknown): Action | undefined {
  const result = v.safeParse(ACTION, typeof text === 'string' ? text.split(':') : undefined);
  return result.success ? result.output : undefined;
}
