import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decryptFeishu } from '../../../handlers/requests/feishu-decrypt.ts';
import { encryptFeishu } from '../../support/chat-platforms/feishu.ts';
import { FEISHU_DECRYPT_VECTORS } from '../../support/chat-vectors.ts';

describe('decryption', () => {
  test.each(FEISHU_DECRYPT_VECTORS)('opens the example under $key', ({ key, encrypt, plain }) => {
    expect(decryptFeishu(encrypt, key)).toBe(plain);
  });

  test('opens whatever was encrypted', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ minLength: 1 }), (text, key) => {
        expect(decryptFeishu(encryptFeishu(text, key), key)).toBe(Buffer.from(text).toString());
      }),
    );
  });

  test('does not open anything else, and does not throw', () => {
    fc.assert(
      fc.property(fc.base64String(), fc.string(), (text, key) => {
        const opened = decryptFeishu(text, key);

        expect(opened === undefined || typeof opened === 'string').toBe(true);
      }),
    );
  });

  test.each(['', 'AAAA', Buffer.alloc(16).toString('base64'), Buffer.alloc(33).toString('base64')])(
    'gives up on %j',
    (text) => {
      expect(decryptFeishu(text, 'test key')).toBeUndefined();
    },
  );
});
