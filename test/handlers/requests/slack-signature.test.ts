import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { verifySlack } from '../../../handlers/requests/slack-signature.ts';
import { signSlack } from '../../support/chat-platforms/slack.ts';
import { SLACK_VECTOR } from '../../support/chat-vectors.ts';

const SECRET = SLACK_VECTOR.secret;
const AT_MS = Number(SLACK_VECTOR.timestamp) * 1_000;
const GENUINE = {
  'x-slack-request-timestamp': SLACK_VECTOR.timestamp,
  'x-slack-signature': SLACK_VECTOR.signature,
};

function requestOf(headers: Readonly<Record<string, string>>, body: string | Buffer = SLACK_VECTOR.body) {
  return { headers, rawBody: Buffer.from(body) };
}

const verify = (headers: Readonly<Record<string, string>>, body?: string | Buffer, nowMs = AT_MS) =>
  verifySlack(requestOf(headers, body), [SECRET], nowMs);

describe('lets in', () => {
  test("the request of Slack's own example", () => {
    expect(() => verify(GENUINE)).not.toThrow();
  });

  test('any body that is signed with any of the secrets', () => {
    fc.assert(
      fc.property(fc.uint8Array(), fc.constantFrom('first-secret-of-two', 'second-secret-of-two'), (bytes, secret) => {
        const body = Buffer.from(bytes);
        const headers = signSlack(body, secret, AT_MS);

        expect(() =>
          verifySlack(requestOf(headers, body), ['first-secret-of-two', 'second-secret-of-two'], AT_MS),
        ).not.toThrow();
      }),
    );
  });

  test.each([-300_000, 300_000])('a request that is off by %i ms', (offMs) => {
    expect(() => verify(GENUINE, SLACK_VECTOR.body, AT_MS + offMs)).not.toThrow();
  });

  test.each(['ssl_check=1', 'ssl_check=1&token=abc', 'token=abc&ssl_check=1'])('the unsigned check %s', (body) => {
    expect(() => verify({}, body)).not.toThrow();
  });
});

describe('refuses', () => {
  test.each([
    ['no signature', { 'x-slack-request-timestamp': SLACK_VECTOR.timestamp }],
    ['no timestamp', { 'x-slack-signature': SLACK_VECTOR.signature }],
    ['an empty signature', { ...GENUINE, 'x-slack-signature': '' }],
    ['the bare version', { ...GENUINE, 'x-slack-signature': 'v0=' }],
    ['another version', { ...GENUINE, 'x-slack-signature': SLACK_VECTOR.signature.replace('v0', 'v1') }],
    ['a signature without its version', { ...GENUINE, 'x-slack-signature': SLACK_VECTOR.signature.slice(3) }],
    ['a signature cut short', { ...GENUINE, 'x-slack-signature': SLACK_VECTOR.signature.slice(0, -1) }],
    ['one digit changed', { ...GENUINE, 'x-slack-signature': SLACK_VECTOR.signature.replace(/3$/, '4') }],
    ['two signatures', { ...GENUINE, 'x-slack-signature': `${SLACK_VECTOR.signature}, ${SLACK_VECTOR.signature}` }],
    ['a timestamp with letters behind', { ...GENUINE, 'x-slack-request-timestamp': `${SLACK_VECTOR.timestamp}abc` }],
    ['a timestamp with a sign', { ...GENUINE, 'x-slack-request-timestamp': `+${SLACK_VECTOR.timestamp}` }],
    ['a timestamp with a fraction', { ...GENUINE, 'x-slack-request-timestamp': `${SLACK_VECTOR.timestamp}.0` }],
    ['an empty timestamp', { ...GENUINE, 'x-slack-request-timestamp': '' }],
  ])('%s', (_, headers) => {
    expect(() => verify(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  test.each([-301_000, 301_000])('a request that is off by %i ms', (offMs) => {
    expect(() => verify(GENUINE, SLACK_VECTOR.body, AT_MS + offMs)).toThrow(
      expect.objectContaining({ code: 'unauthenticated' }),
    );
  });

  test.each([
    { body: SLACK_VECTOR.body, reason: 'clock_off' },
    { body: 'forged', reason: 'wrong_signature' },
  ])('an old request with $reason in the log', ({ body, reason }) => {
    expect(() => verify(GENUINE, body, AT_MS + 3_600_000)).toThrow(expect.objectContaining({ reason }));
  });

  test('a body of which one byte was changed', () => {
    fc.assert(
      fc.property(fc.nat(SLACK_VECTOR.body.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
        const body = Buffer.from(SLACK_VECTOR.body);
        body.writeUInt8(body.readUInt8(at) ^ change, at);

        expect(() => verify(GENUINE, body)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
      }),
    );
  });

  test.each([
    'ssl_check=1&command=%2Fdu&text=list',
    'ssl_check=1&payload=%7B%7D',
    'ssl_check=0',
    'ssl_check=1&ssl_check=1',
    `ssl_check=1&token=${'a'.repeat(600)}`,
  ])('the unsigned body %s', (body) => {
    expect(() => verify({}, body)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  test('a check whose signature is wrong', () => {
    expect(() => verify(GENUINE, 'ssl_check=1')).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });

  test.each(['ssl_check=1', SLACK_VECTOR.body])('everything when there is no secret: %s', (body) => {
    expect(() => verifySlack(requestOf(GENUINE, body), [], AT_MS)).toThrow(
      expect.objectContaining({ code: 'misconfigured', faults: ['SLACK_SIGNING_SECRETS is missing'] }),
    );
  });
});
