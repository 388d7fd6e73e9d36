import { describe, expect, test } from 'vitest';
import { ServiceError, toServiceError } from '../../../lib/core/errors.ts';

describe('an expected failure', () => {
  test.each([
    { code: 'iam_rejected', status: 502, errCode: 'FN.IAM_REJECTED' },
    { code: 'upstream_unavailable', status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    { code: 'upstream_forbidden', status: 403, errCode: 'SFS.TURBO.9000' },
    { code: 'upstream_throttled', status: 503, errCode: 'SFS.TURBO.9000' },
  ] as const)('$code is answered with $status $errCode, whatever upstream said', ({ code, status, errCode }) => {
    const error = new ServiceError(code, 'no', { upstream: { status: 418, errCode: 'SFS.TURBO.9000' } });

    expect(error).toMatchObject({ status, errCode });
  });

  test.each([undefined, { status: 429 }])(
    'whose code is for upstream to say has one all the same when upstream was %j',
    (upstream) => {
      const error = new ServiceError('upstream_throttled', 'SFS Turbo throttles', { upstream });

      expect(error.errCode).toBe('FN.UPSTREAM_UNAVAILABLE');
    },
  );

  test('leaves nothing done unless it says so', () => {
    const done = [undefined, false, true].map(
      (mayBeDone) => new ServiceError('internal', 'no', { mayBeDone }).mayBeDone,
    );

    expect(done).toEqual([false, false, true]);
  });

  test('says its name where it is printed', () => {
    expect(String(new ServiceError('forbidden', 'not yours'))).toBe('ServiceError: not yours');
  });

  test('has a cause only where one was given, though it be undefined', () => {
    const without = new ServiceError('forbidden', 'no', { allow: ['GET'] });
    const thrownUndefined = new ServiceError('internal', 'no', { cause: undefined });

    expect(Object.hasOwn(without, 'cause')).toBe(false);
    expect(Object.hasOwn(thrownUndefined, 'cause')).toBe(true);
  });
});

describe('what was thrown', () => {
  test('stays what it is when it is an expected failure', () => {
    const error = new ServiceError('forbidden', 'no');

    expect(toServiceError(error)).toBe(error);
  });

  test.each([
    { name: 'an error', thrown: new TypeError('secret is not a function') },
    { name: 'a text', thrown: 'secret' },
    { name: 'nothing', thrown: undefined },
    { name: 'something that only looks like one', thrown: { code: 'forbidden', status: 403, message: 'secret' } },
  ])('is a bug when it is $name: no word of it but in the cause', ({ thrown }) => {
    const error = toServiceError(thrown);

    expect(error).toMatchObject({ code: 'internal', status: 500, errCode: 'FN.INTERNAL', message: 'internal error' });
    expect(error.cause).toBe(thrown);
  });
});
