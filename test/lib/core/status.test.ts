import { describe, expect, test } from 'vitest';
import { failedAnswer } from '../../../lib/net/answers.ts';
import { deploy } from '../../support/deployment.ts';

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

    const { failure } = failedAnswer('SFS Turbo', { status: upstream, headers: {}, body, truncated: undefined }, 0);

    expect(failure).toMatchObject({ status, errCode });
  });

  test.each([200, 202, 204])('%i to a DELETE is passed on as accepted', async (status) => {
    const { cloud, shareId, cancel } = await deploy();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status, act: true } });

    const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });

    expect(answer.statusCode).toBe(202);
    expect(JSON.parse(answer.body).outcome).toBe('accepted');
  });

  test('404 SFS.TURBO.0124 to a DELETE that may have been carried out before is passed on as already gone', async () => {
    const { cloud, shareId, cancel } = await deploy({ runtime: { random: () => 0 } });
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 504, act: true } });

    const answer = await cancel({ share_id: shareId, task_id: cloud.addTask(shareId) });

    expect(answer.statusCode).toBe(202);
    expect(JSON.parse(answer.body).outcome).toBe('already_gone');
  });
});
