import { execFileSync } from 'node:child_process';

/** HMAC-SHA256 in Base64 by the command `openssl`, so that a signature is not checked by the code that made it. */
export function openssl(key: string, message: string): string {
  const hex = Buffer.from(key, 'utf8').toString('hex');
  const args = ['dgst', '-sha256', '-mac', 'HMAC', '-macopt', `hexkey:${hex}`, '-binary'];
  return execFileSync('openssl', args, { input: message }).toString('base64');
}
