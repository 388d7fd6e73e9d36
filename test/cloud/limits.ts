import type http from 'node:http';
import { type Answer, gatewayError, Refusal } from './answers.ts';
import type { Incoming } from './requests.ts';

/** https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html, APIGW.0201 */
const MAX_BODY_BYTES = 12 * 1024 * 1024;
const MAX_HEADER_BYTES = 32 * 1024;
export const MAX_HEAD_BYTES = 128 * 1024;

export async function readBody(req: http.IncomingMessage): Promise<Buffer> {
  const { 'content-length': length, 'transfer-encoding': encoding } = req.headers;
  if (length === undefined && encoding === undefined) {
    req.resume();
    return Buffer.alloc(0);
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of req as AsyncIterable<Buffer>) {
    size += chunk.length;
    // one chunk too many is kept, as the evidence; the rest is read and dropped
    if (size <= MAX_BODY_BYTES + chunk.length) chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

export function checkLimits({ bytes, rawHeaders, requestId }: Incoming): void {
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const size = `${rawHeaders[i] ?? ''}: ${rawHeaders[i + 1] ?? ''}`.length;
    if (size > MAX_HEADER_BYTES) throw new Refusal(headersTooLarge(requestId));
  }
  if (bytes.length > MAX_BODY_BYTES) {
    throw new Refusal(gatewayError(413, '0201', 'Request entity too large', requestId));
  }
}

export function headersTooLarge(requestId: string): Answer {
  return gatewayError(494, '0201', 'Request headers too large', requestId);
}

export function badRequest(requestId: string): Answer {
  return gatewayError(400, '0201', 'Bad request', requestId);
}
