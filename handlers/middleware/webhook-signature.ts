import type { HttpApp } from '../../lib/app.ts';
import type { Caller } from '../../lib/core/caller.ts';
import type { Apps } from '../platform/apps.ts';
import { verifyWebhook } from '../requests/webhook-signature.ts';
import { session } from './session.ts';

const WEBHOOK: Readonly<Caller> = { name: 'webhook', shares: '*' };

/** Lets in signed deliveries; the session knows the id of the delivery. */
export function webhookSignature(apps: Apps<HttpApp>) {
  return session(apps, (request, { config, runtime }) => ({
    caller: WEBHOOK,
    delivery: verifyWebhook(request, config.webhookSecrets, runtime.now()),
  }));
}
