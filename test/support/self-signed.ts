import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** What a TLS server needs, in PEM. */
export interface SelfSigned {
  readonly key: string;
  readonly cert: string;
}

const TAG = { integer: 0x02, bits: 0x03, oid: 0x06, utf8: 0x0c, utcTime: 0x17, sequence: 0x30, set: 0x31 } as const;
const OID_COMMON_NAME = '550403'; // 2.5.4.3
const OID_ECDSA_WITH_SHA256 = '2a8648ce3d040302'; // 1.2.840.10045.4.3.2

/**
 * A fresh certificate that only its own key vouches for, and so nobody trusts. Node makes keys but no certificates, so the
 * few bytes of DER around the key are written here.
 *
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export function createSelfSigned(commonName: string): SelfSigned {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = der(TAG.sequence, der(TAG.oid, Buffer.from(OID_ECDSA_WITH_SHA256, 'hex')));
  const attribute = [der(TAG.oid, Buffer.from(OID_COMMON_NAME, 'hex')), der(TAG.utf8, Buffer.from(commonName))];
  const name = der(TAG.sequence, der(TAG.set, der(TAG.sequence, ...attribute)));
  const dayMs = 86_400_000;
  const validity = der(TAG.sequence, utcTime(Date.now() - dayMs), utcTime(Date.now() + dayMs));
  const serial = der(TAG.integer, Buffer.from([1]), randomBytes(8));
  const subjectKey = publicKey.export({ type: 'spki', format: 'der' });
  const contents = der(TAG.sequence, serial, algorithm, name, validity, name, subjectKey);
  const signature = der(TAG.bits, Buffer.from([0]), sign('sha256', contents, privateKey));
  const certificate = der(TAG.sequence, contents, algorithm, signature);

  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64')}\n-----END CERTIFICATE-----\n`,
  };
}

function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function utcTime(atMs: number): Buffer {
  const digits = new Date(atMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return der(TAG.utcTime, Buffer.from(`${digits}Z`));
}
