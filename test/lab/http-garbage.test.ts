import { describe, expect, test } from 'vitest';
import { lambdaContext } from '../support/contexts.ts';
import { deploy } from '../support/deployment.ts';
import { type RawAnswer, startRawServer } from '../support/raw-server.ts';
import { expectNothingLeaked, expectTableAnswer } from '../support/table.ts';
import { GARBAGE, type Garbage, type Verdict } from './http-garbage.ts';

const SHORT = { REQUEST_TIMEOUT_MS: '150', MAX_ATTEMPTS: '2' };
const NO_PAUSE = { random: () => 0 };

const ANSWER_BY_VERDICT: Readonly<Record<Verdict, { readonly status: number; readonly code: string | undefined }>> = {
  accepted: { status: 202, code: undefined },
  garbage: { status: 502, code: 'FN.UPSTREAM_INVALID' },
  cut: { status: 503, code: 'FN.UPSTREAM_UNAVAILABLE' },
  silence: { status: 504, code: 'FN.UPSTREAM_TIMEOUT' },
  undocumented: { status: 502, code: 'FN.UPSTREAM_INVALID' },
};

function answeringWith({ bytes, hangs }: Garbage): RawAnswer {
  return ({ socket }) => {
    socket.write(bytes);
    if (hangs !== true) socket.end();
  };
}

describe('when SFS Turbo answers with', () => {
  test.each(GARBAGE)('$what: $verdict', async (garbage) => {
    const server = await startRawServer(answeringWith(garbage));
    const variables = { ...SHORT, SFS_TURBO_ENDPOINT: server.origin };
    const deployment = await deploy({ variables, runtime: NO_PAUSE });

    const answer = await deployment.cancel({ share_id: deployment.shareId, task_id: 'any' }, lambdaContext(5_000));

    const { status, code } = ANSWER_BY_VERDICT[garbage.verdict];
    expect(answer.statusCode, answer.body).toBe(status);
    expect(JSON.parse(answer.body).errCode).toBe(code);
    expectTableAnswer(answer);
    expectNothingLeaked(deployment, [answer]);
  });
});

describe('when IAM answers with', () => {
  test.each(GARBAGE)('$what: an answer from the table, and no DELETE', async (garbage) => {
    const server = await startRawServer(answeringWith(garbage));
    const deployment = await deploy({ variables: { ...SHORT, HW_AUTH_URL: server.origin }, runtime: NO_PAUSE });

    const answer = await deployment.cancel({ share_id: deployment.shareId, task_id: 'any' }, lambdaContext(5_000));

    expect([502, 503, 504]).toContain(answer.statusCode);
    expect(JSON.parse(answer.body).errMsg).toMatch(/; the DELETE was not carried out$/);
    expect(deployment.cloud.requests).toEqual([]);
    expectTableAnswer(answer);
    expectNothingLeaked(deployment, [answer]);
  });
});
