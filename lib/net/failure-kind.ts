import type { FailureKind } from './request.ts';

const CERTIFICATE_CODE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_)/;
const GARBAGE_CODE = /^(HPE_|UND_ERR_HEADERS_OVERFLOW|UND_ERR_RES_)/;

/**
 * What an error of Node or undici means.
 *
 * @param isSent whether the request was handed to a connection
 */
export function failureKindOf(error: Error & { readonly code?: unknown }, isSent: boolean): FailureKind {
  const code = typeof error.code === 'string' ? error.code : '';
  if (CERTIFICATE_CODE.test(code)) return 'untrusted';
  if (code === 'UND_ERR_CONNECT_TIMEOUT' || code === 'ETIMEDOUT') return 'timeout';
  if (!isSent) return 'unreachable';
  // undici's parser errors have no code of their own
  return error.name === 'HTTPParserError' || GARBAGE_CODE.test(code) ? 'garbage' : 'reset';
}
