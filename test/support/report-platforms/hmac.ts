import { createHash } from 'node:crypto';

const BLOCK_BYTES = 64;

/** HMAC-SHA256 in Base64, worked out by RFC 2104, so that a signature is not checked by the function that made it. */
export function hmac(key: string, message: string): string {
  const bytes = Buffer.from(key, 'utf8');
  const block = Buffer.concat([bytes.length > BLOCK_BYTES ? sha256(bytes) : bytes, Buffer.alloc(BLOCK_BYTES)]);
  const padded = (pad: number): Buffer => Buffer.from(block.subarray(0, BLOCK_BYTES).map((byte) => byte ^ pad));
  return sha256(padded(0x5c), sha256(padded(0x36), Buffer.from(message, 'utf8'))).toString('base64');
}

function sha256(...parts: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(parts)).digest();
}
