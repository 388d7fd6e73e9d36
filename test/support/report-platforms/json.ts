import { Webhook } from 'standardwebhooks';
import { type ReportPlatform, startPlatform } from './platform.ts';

const SECRET = `whsec_${Buffer.from('deadbeef'.repeat(4)).toString('base64')}`;
const TOKEN = 'deadbeef0json';
// "should be kept under 20kb" (Standard Webhooks 1.0)
const MAX_BYTES = 20_000;

/** A receiver that verifies by the reference library of Standard Webhooks. */
export function startJsonReports(): Promise<ReportPlatform> {
  return startPlatform({
    entryAt: (origin) => `json=${origin}/hook?token=${TOKEN}#${SECRET}`,
    secrets: [SECRET, SECRET.slice('whsec_'.length), TOKEN],
    success: { status: 204, body: '' },
    unreadable: { status: 415, body: '' },
    judge: ({ path, body: text, headers }, body) => {
      if (path !== `/hook?token=${TOKEN}`) return { status: 404, body: '' };
      if (Buffer.byteLength(text) > MAX_BYTES) return { status: 413, body: '' };
      try {
        new Webhook(SECRET).verify(text, headers as Record<string, string>);
      } catch {
        return { status: 401, body: '' };
      }
      const isShaped = typeof body['type'] === 'string' && !Number.isNaN(Date.parse(String(body['timestamp'])));
      return isShaped && typeof body['data'] === 'object' ? JSON.stringify(body, null, 2) : { status: 400, body: '' };
    },
  });
}
