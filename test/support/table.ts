import { expect } from 'vitest';
import type { GatewayResponse } from '../../handlers/platform/answer.ts';
import { ANSWER_BY_CODE } from '../../lib/core/status.ts';
import type { Deployment } from './deployment.ts';

const FIXED: ReadonlySet<string> = new Set(
  Object.values(ANSWER_BY_CODE).map(({ status, errCode }) => `${status} ${errCode}`),
);
/** Statuses under which a code of SFS Turbo or its gateway is passed on, and the form of those codes. */
const PASSED_ON: ReadonlyMap<number, RegExp> = new Map(
  Object.values(ANSWER_BY_CODE)
    .filter(({ errCode }) => errCode === null)
    .map(({ status }) => [status, /^(SFS\.TURBO|APIGW?|IAM)\.\d{4}$/]),
);

/** Holds an answer of the function against the contract: its form, and that its status and code are in the table. */
export function expectTableAnswer({ statusCode, headers, body, isBase64Encoded }: GatewayResponse): void {
  expect(isBase64Encoded).toBe(false);
  expect(headers).toMatchObject({ 'content-type': 'application/json', 'cache-control': 'no-store' });
  expect(headers['x-request-id']).toMatch(/^[\x21-\x7e]{1,128}$/);
  for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);

  const parsed: unknown = JSON.parse(body);
  if (statusCode === 202) {
    expect(parsed).toMatchObject({ outcome: expect.stringMatching(/^(accepted|already_gone)$/) });
    return;
  }
  expect(parsed).toEqual({ errCode: expect.any(String), errMsg: expect.any(String) });
  const { errCode, errMsg } = parsed as { errCode: string; errMsg: string };
  const inTable = FIXED.has(`${statusCode} ${errCode}`) || (PASSED_ON.get(statusCode)?.test(errCode) ?? false);
  expect(inTable, `${statusCode} ${errCode}`).toBe(true);
  // a bug is in the table as well, but nothing that comes from outside may be one
  expect(errCode).not.toBe('FN.INTERNAL');
  expect(errCode).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
  expect(errMsg.length).toBeLessThanOrEqual(600);
  expect(errMsg).not.toMatch(/[\p{Cc}\p{Cf}]|node:|\.ts:|\.js:|^\s*at /u);
}

/** Nothing that was answered or logged holds a secret of this deployment, whole or in a telling part. */
export function expectNothingLeaked(deployment: Deployment, answers: readonly GatewayResponse[]): void {
  const { cloud, callerKey, webhookSecret, lines } = deployment;
  const tokens = cloud.requests.map(({ headers }) => headers['x-auth-token']).filter((value) => value !== undefined);
  const secrets = [cloud.password, callerKey, webhookSecret.slice('whsec_'.length), ...new Set(tokens.map(String))];
  const told = [...lines, ...answers.map((answer) => JSON.stringify(answer))].join('\n');

  for (const secret of secrets) {
    // the beginning of a token tells nothing, but a part of it would be one too many
    expect(told.includes(secret.slice(0, 60)), 'a secret in an answer or a log line').toBe(false);
  }
  for (const line of lines) expect(() => JSON.parse(line), line).not.toThrow();
  expect(told).not.toMatch(/x-auth-token|x-subject-token|bearer /i);
}
