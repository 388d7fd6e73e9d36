import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseJson } from '../error-body.ts';
import { isId, type ShareId, type TaskId } from '../task.ts';
import type { Person } from './person.ts';
import { toShown } from './texts/words.ts';

/** A task that somebody is asked about. */
export interface Asked {
  readonly shareId: ShareId;
  readonly taskId: TaskId;
  /** As it was when the question was put: for the wording of the answer alone. */
  readonly path: string;
  readonly wasRunning: boolean;
}

/** What a confirmation that came back is worth. */
export type Confirmation =
  | { readonly type: 'confirmed'; readonly asked: Asked }
  | { readonly type: 'expired'; readonly asked: Asked }
  /** Somebody else was asked, or somewhere else. */
  | { readonly type: 'foreign' }
  | { readonly type: 'forged' };

const CONFIRM_WITHIN_MS = 120_000;
// a button of Slack carries 2,000 characters, and a path may have 4,096
const MAX_PATH_CHARS = 160;
const VERSION = 'v1';
const TOKEN = /^v1\.([\w-]{1,1800})\.([\w-]{43})$/;

/**
 * A question's answer as a text that only this function can have made: it names the person, the place and the task, and
 * ends after two minutes. Nothing is stored; used twice, it asks for the same deletion twice, which is harmless.
 */
export function signConfirmation(secret: Buffer, person: Person, asked: Asked, nowMs: number): string {
  const { platform, tenant, channel, user } = person;
  const { shareId, taskId, path, wasRunning } = asked;
  const fields = [
    platform,
    tenant,
    channel,
    user,
    shareId,
    taskId,
    wasRunning,
    nowMs + CONFIRM_WITHIN_MS,
    toShown(path, MAX_PATH_CHARS),
  ];
  const payload = Buffer.from(JSON.stringify(fields)).toString('base64url');
  return `${VERSION}.${payload}.${macOf(secret, payload).toString('base64url')}`;
}

/** Judges a confirmation in the order of trust: signature, then form, then whom it was made for, then its age. */
export function openConfirmation(secret: Buffer, person: Person, token: string, nowMs: number): Confirmation {
  const [, payload, mac] = TOKEN.exec(token) ?? [];
  if (payload === undefined || mac === undefined) return { type: 'forged' };
  if (!timingSafeEqual(macOf(secret, payload), Buffer.from(mac, 'base64url'))) return { type: 'forged' };

  const fields = parseJson(Buffer.from(payload, 'base64url').toString('utf8'));
  if (!Array.isArray(fields)) return { type: 'forged' };
  const [platform, tenant, channel, user, shareId, taskId, wasRunning, expiresAtMs, path] = fields as unknown[];
  if (!isId(shareId) || !isId(taskId) || typeof expiresAtMs !== 'number') return { type: 'forged' };
  if (platform !== person.platform || tenant !== person.tenant) return { type: 'foreign' };
  if (channel !== person.channel || user !== person.user) return { type: 'foreign' };

  const asked = {
    shareId: shareId as ShareId,
    taskId: taskId as TaskId,
    path: typeof path === 'string' ? path : '',
    wasRunning: wasRunning === true,
  };
  return { type: nowMs <= expiresAtMs ? 'confirmed' : 'expired', asked };
}

function macOf(secret: Buffer, payload: string): Buffer {
  return createHmac('sha256', secret).update(`${VERSION}.${payload}`).digest();
}
