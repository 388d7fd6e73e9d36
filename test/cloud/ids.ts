import { randomBytes } from 'node:crypto';

/** An id of IAM: 32 hex digits. */
export function newId(): string {
  return randomBytes(16).toString('hex');
}

/** An access key as both clouds write them. */
export function newKeyPair(): { readonly accessKey: string; readonly secretKey: string } {
  return { accessKey: newId().slice(0, 20).toUpperCase(), secretKey: randomBytes(20).toString('hex') };
}

export function newPassword(): string {
  return `Pw-${randomBytes(12).toString('base64url')}`;
}
