import { createHmac, timingSafeEqual } from 'node:crypto';
import * as v from 'valibot';
import { parseJson } from '../core/json.ts';
import { toShown } from '../core/words.ts';
import { ASKED, type Asked } from './asked.ts';
import { PLATFORM_ID } from './ids.ts';
import { type Person, PLATFORMS } from './person.ts';

type Confirmation =
  | { readonly type: 'confirmed'; readonly asked: Asked }
  | { readonly type: 'expired'; readonly asked: Asked }
  /** Another person was asked, or in another chat. */
  | { readonly type: 'foreign' }
  /** This function did not sign it. */
  | { readonly type: 'forged' };

const CONFIRM_WITHIN_MS = 120_000;
const VERSION = 'v2';
// a button of Slack carries 2,000 characters, and a path may have 4,096
const MAX_PATH_CHARS = 160;
const TOKEN = /^v2\.([\w-]{1,1800})\.([\w-]{43})$/;

/** What is signed: platform, tenant, channel, user, end of validity, and what was asked. */
const CONTENT = v.strictTuple([v.picklist(PLATFORMS), PLATFORM_ID, PLATFORM_ID, PLATFORM_ID, v.number(), ASKED]);
type Content = v.InferOutput<typeof CONTENT>;

/**
 * A token that confirms what was asked. It names the person, the chat and the tasks or the scope, is valid for two minutes,
 * and only this function can sign it. Nothing is stored: a token that is used twice deletes the same tasks twice, which does
 * no harm; a sweep that is confirmed twice is bounded by its own policy both times.
 */
export function signConfirmation(secret: Buffer, person: Person, asked: Asked, nowMs: number): string {
  const { platform, tenant, channel, user } = person;
  const content: Content = [platform, tenant, channel, user, nowMs + CONFIRM_WITHIN_MS, withShortPath(asked)];
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
  const [platform, tenant, channel, user, expiresAtMs, asked] = content.output;
  if (platform !== person.platform || tenant !== person.tenant) return { type: 'foreign' };
  if (channel !== person.channel || user !== person.user) return { type: 'foreign' };
  return { type: nowMs <= expiresAtMs ? 'confirmed' : 'expired', asked };
}

function withShortPath(asked: Asked): Asked {
  return asked.type === 'cancel' ? { ...asked, path: toShown(asked.path, MAX_PATH_CHARS) } : asked;
}

function macOf(secret: Buffer, payload: string): Buffer {
  return createHmac('sha256', secret).update(`${VERSION}.${payload}`).digest();
}
