import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import type { ShareId, TaskId } from '../core/task.ts';
import { toShown } from '../core/words.ts';
import { PLATFORM_ID, SHARE_ID, TASK_ID } from './ids.ts';
import { type Person, PLATFORMS } from './person.ts';

/** The task that a person was asked about. */
export interface Asked {
  readonly shareId: ShareId;
  readonly taskId: TaskId;
  /** Path and state at the time of the question, for the wording of the answer alone. */
  readonly path: string;
  readonly wasRunning: boolean;
}

type Confirmation =
  | { readonly type: 'confirmed'; readonly asked: Asked }
  | { readonly type: 'expired'; readonly asked: Asked }
  /** Another person was asked, or in another chat. */
  | { readonly type: 'foreign' }
  /** This function did not sign it. */
  | { readonly type: 'forged' };

const CONFIRM_WITHIN_MS = 120_000;
// a button of Slack carries 2,000 characters, and a path may have 4,096
const MAX_PATH_CHARS = 160;
const VERSION = 'v1';
const TOKEN = /^v1\.([\w-]{1,1800})\.([\w-]{43})$/;

/** What is signed: platform, tenant, channel, user, share, task, whether it ran, end of validity, path. */
const CONTENT = v.strictTuple([
  v.picklist(PLATFORMS),
  PLATFORM_ID,
  PLATFORM_ID,
  PLATFORM_ID,
  SHARE_ID,
  TASK_ID,
  v.boolean(),
  v.number(),
  v.string(),
]);
type Content = v.InferOutput<typeof CONTENT>;

/**
 * A token that confirms one cancel. It names the person, the chat and the task, is valid for two minutes, and only this
 * function can sign it. Nothing is stored: a token that is used twice deletes the same task twice, which does no harm.
 */
export function signConfirmation(secret: Buffer, person: Person, asked: Asked, nowMs: number): string {
  const { platform, tenant, channel, user } = person;
  const { shareId, taskId, path, wasRunning } = asked;
  const expiresAtMs = nowMs + CONFIRM_WITHIN_MS;
  const shownPath = toShown(path, MAX_PATH_CHARS);
  const content: Content = [platform, tenant, channel, user, shareId, taskId, wasRunning, expiresAtMs, shownPath];
  const payload = Buffer.from(JSON.stringify(content)).toString('base64url');
  return `${VERSION}.${payload}.${macOf(secret, payload).toString('base64url')}`;
}

/** Checks a token: first its signature, then its form, its person, and its age. */
export function openConfirmation(secret: Buffer, person: Person, token: string, nowMs: number): Confirmation {
  const [, payload, mac] = TOKEN.exec(token) ?? [];
  if (payload === undefined || mac === undefined) return { type: 'forged' };
  if (!timingSafeEqual(macOf(secret, payload), Buffer.from(mac, 'base64url'))) return { type: 'forged' };

  const content = v.safeParse(CONTENT, parseJson(Buffer.from(payload, 'base64url').toString('utf8')));
  if (!content.success) return { type: 'forged' };
  const [platform, tenant, channel, user, shareId, taskId, wasRunning, expiresAtMs, path] = content.output;
  if (platform !== person.platform || tenant !== person.tenant) return { type: 'foreign' };
  if (channel !== person.channel || user !== person.user) return { type: 'foreign' };
  return { type: nowMs <= expiresAtMs ? 'confirmed' : 'expired', asked: { shareId, taskId, path, wasRunning } };
}

function macOf(secret: Buffer, payload: string): Buffer {
  return createHmac('sha256', secret).update(`${VERSION}.${payload}`).digest();
}
