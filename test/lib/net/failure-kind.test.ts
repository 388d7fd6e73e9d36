import { describe, expect, test } from 'vitest';
import { failureKindOf } from '../../../lib/net/failure-kind.ts';

function errorOf(code: unknown, name = 'Error'): Error & { readonly code?: unknown } {
  return Object.assign(new Error('it failed'), { code, name });
}

describe('an error before the request was handed to a connection', () => {
  test.each([
    ['CERT_HAS_EXPIRED', 'untrusted'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'untrusted'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'untrusted'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'untrusted'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'untrusted'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'untrusted'],
    ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
    ['ETIMEDOUT', 'timeout'],
    ['ECONNREFUSED', 'unreachable'],
    ['ENOTFOUND', 'unreachable'],
    ['NO_CERT_HAS_EXPIRED', 'unreachable'],
    [undefined, 'unreachable'],
    [7, 'unreachable'],
    [['CERT_HAS_EXPIRED'], 'unreachable'],
  ])('with the code %j is %s', (code, kind) => {
    expect(failureKindOf(errorOf(code), false)).toBe(kind);
  });
});

describe('an error after that', () => {
  test.each([
    ['HPE_INVALID_CONSTANT', 'Error', 'garbage'],
    ['UND_ERR_HEADERS_OVERFLOW', 'Error', 'garbage'],
    ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'Error', 'garbage'],
    [undefined, 'HTTPParserError', 'garbage'],
    ['ECONNRESET', 'Error', 'reset'],
    ['UND_ERR_SOCKET', 'Error', 'reset'],
    ['NO_HPE_INVALID', 'Error', 'reset'],
    [undefined, 'Error', 'reset'],
    ['ETIMEDOUT', 'Error', 'timeout'],
  ])('with the code %j and the name %s is %s', (code, name, kind) => {
    expect(failureKindOf(errorOf(code, name), true)).toBe(kind);
  });
});
