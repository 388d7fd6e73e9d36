import { describe, expect, test } from 'vitest';
import { failedAnswer } from '../../lib/outbound.ts';
import { ACCEPTED_STATUSES } from '../../lib/status.ts';

describe("SFS Turbo's answer", () => {
  test.each([
    { upstream: 400, status: 400, errCode: 'SFS.TURBO.0001' },
    { upstream: 403, status: 403, errCode: 'SFS.TURBO.0001' },
    { upstream: 404, status: 404, errCode: 'SFS.TURBO.0001' },
    { upstream: 409, status: 409, errCode: 'SFS.TURBO.0001' },
    { upstream: 429, status: 503, errCode: 'SFS.TURBO.0001' },
    { upstream: 500, status: 500, errCode: 'SFS.TURBO.0001' },
    { upstream: 502, status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    { upstream: 503, status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
    { upstream: 504, status: 504, errCode: 'FN.UPSTREAM_TIMEOUT' },
    ...[101, 201, 302, 401, 402, 405, 408, 410, 418, 451, 501, 505, 599].map((upstream) => ({
      upstream,
      status: 502,
      errCode: 'FN.UPSTREAM_INVALID',
    })),
  ])('$upstream SFS.TURBO.0001 is passed on as $status $errCode', ({ upstream, status, errCode }) => {
    const body = JSON.stringify({ errCode: 'SFS.TURBO.0001', errMsg: 'no' });

    const { failure } = failedAnswer(
      'SFS Turbo',
      { status: upstream, headers: {}, body, cut: undefined, resent: false },
      0,
    );

    expect(failure).toMatchObject({ status, errCode });
  });

  test('is a success with three statuses, of which the API page names one', () => {
    expect([...ACCEPTED_STATUSES].toSorted()).toEqual([200, 202, 204]);
  });
});
