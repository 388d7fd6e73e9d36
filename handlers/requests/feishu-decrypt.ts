import { createDecipheriv, createHash } from 'node:crypto';

/**
 * AES-256-CBC; the key is the SHA-256 of the encrypt key, the first block is the IV. Nothing when it cannot be decrypted.
 */
export function decryptFeishu(encrypted: string, encryptKey: string): string | undefined {
  const bytes = Buffer.from(encrypted, 'base64');
  if (bytes.length < 32 || bytes.length % 16 !== 0) return undefined;
  const key = createHash('sha256').update(encryptKey).digest();
  try {
    const decipher = createDecipheriv('aes-256-cbc', key, bytes.subarray(0, 16));
    return Buffer.concat([decipher.update(bytes.subarray(16)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}
