import type { HttpApp } from '../../lib/app.ts';
import type { Apps } from '../platform/apps.ts';
import { verifyWebhook } from '../requests/webhook-signature.ts';
import { session } from './session.ts';

/** Lets in signed deliveries; the session knows the id of the delivery. */
export function webhookSignature(apps: Apps<HttpApp>) {
  return session(apps, (request, { config, runtime }) => ({
    caller: 'webhook',
    delivery: verifyWebhook(request, config.webhookSecrets, runtime.now()),
  }));
}
