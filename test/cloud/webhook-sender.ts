import { createHmac } from 'node:crypto';

/** The headers of a Standard Webhooks delivery, as a sender makes them. */
export function signWebhook(
  secret: string,
  id: string,
  body: string | Buffer,
  nowMs = Date.now(),
): Record<string, string> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const mac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${mac}` };
}
