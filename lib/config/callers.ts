import * as v from 'valibot';
import { commaList, spaceList, text } from './forms.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

const callerKey = v.pipe(
  text,
  v.regex(
    /^[A-Za-z0-9._-]{1,64}:[0-9a-fA-F]{64}$/,
    'must be name:sha256 pairs, comma-separated, the SHA-256 as 64 hex digits',
  ),
  v.transform((entry) => {
    const [name = '', sha256 = ''] = entry.split(':');
    return { name, sha256: Buffer.from(sha256, 'hex') } as const;
  }),
);

/** A caller's key, known by its digest only. */
export type CallerKey = v.InferOutput<typeof callerKey>;

const WEBHOOK_MESSAGE = 'must be secrets of 24 to 64 bytes, each whsec_ and base64, space-separated';
const webhookSecret = v.pipe(
  text,
  v.regex(/^whsec_[A-Za-z0-9+/]{32,88}={0,2}$/, WEBHOOK_MESSAGE),
  v.transform((entry) => Buffer.from(entry.slice('whsec_'.length), 'base64')),
  // Standard Webhooks 1.0
  v.minLength(24, WEBHOOK_MESSAGE),
  v.maxLength(64, WEBHOOK_MESSAGE),
);

/** Who may call the routes of `http`. A route without a key or secret is not configured. */
interface CallerSettings {
  readonly callerKeys: readonly CallerKey[];
  readonly webhookSecrets: readonly Buffer[];
}

const schema = v.pipe(
  v.object({
    CALLER_KEYS: v.optional(commaList(callerKey), ''),
    WEBHOOK_SECRETS: v.optional(spaceList(webhookSecret), ''),
  }),
  v.transform(({ CALLER_KEYS: callerKeys, WEBHOOK_SECRETS: webhookSecrets }) => ({ callerKeys, webhookSecrets })),
);

export function readCallers(lookup: Lookup): Section<CallerSettings> {
  return readSection(schema, lookup);
}
