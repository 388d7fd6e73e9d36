import * as v from 'valibot';
import { SHARE_ID, TARGET_NAME, TASK_ID } from './ids.ts';

/** How many running tasks one question names, which is as many as SFS Turbo runs at once. Their ids fit into a button. */
export const TASKS_PER_QUESTION = 10;

/** How many tasks one run of the sweep from a chat deletes at most: its answer names each. */
export const DELETES_PER_SWEEP = 50;

/** The share, and its target where that has a name. */
const SHARE = { shareId: SHARE_ID, target: v.optional(TARGET_NAME) } as const;

/** What a button may confirm, as it is signed. */
export const ASKED = v.variant('type', [
  v.strictObject({
    type: v.literal('cancel'),
    ...SHARE,
    taskId: TASK_ID,
    /** Path and state at the time of the question, for the wording of the answer alone. */
    path: v.string(),
    wasRunning: v.boolean(),
  }),
  v.strictObject({
    type: v.literal('cancel-all'),
    ...SHARE,
    /** The tasks that the question named. No other is cancelled. */
    taskIds: v.pipe(v.array(TASK_ID), v.minLength(1), v.maxLength(TASKS_PER_QUESTION)),
  }),
  v.strictObject({
    type: v.literal('sweep'),
    /** Absent: every share that is swept. */
    shareId: v.optional(SHARE_ID),
    target: v.optional(TARGET_NAME),
    /** How many tasks the question counted. No more are deleted. */
    maxDeletes: v.pipe(v.number(), v.safeInteger(), v.minValue(1), v.maxValue(DELETES_PER_SWEEP)),
  }),
]);

/** What a person was asked. */
export type Asked = Readonly<v.InferOutput<typeof ASKED>>;
export type AskedOf<Type extends Asked['type']> = Extract<Asked, { readonly type: Type }>;
