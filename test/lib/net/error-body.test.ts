import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isRecord, parseJson, toPrintable } from '../../../lib/core/json.ts';
import { parseErrorBody } from '../../../lib/net/error-body.ts';

describe('an error body', () => {
  test.each([
    ['{"errCode":"SFS.TURBO.0001","errMsg":"no"}', { errCode: 'SFS.TURBO.0001', errMsg: 'no' }],
    ['{"error_code":"APIGW.0308","error_msg":"slow","request_id":"x"}', { errCode: 'APIGW.0308', errMsg: 'slow' }],
    ['{"error":{"code":401,"message":"no","title":"Unauthorized"}}', { errCode: '401', errMsg: 'no' }],
    ['{"error":{"code":"IAM.0007","message":"no"}}', { errCode: 'IAM.0007', errMsg: 'no' }],
    ['{"errCode":"A","errMsg":"a","error_code":"B","error_msg":"b"}', { errCode: 'A', errMsg: 'a' }],
    ['{"errCode":"","errMsg":"a","error_code":"B","error_msg":"b"}', { errCode: 'B', errMsg: 'b' }],
    ['{"errCode":"A"}', { errCode: 'A', errMsg: '' }],
    ['{"errCode":"A","errMsg":7}', { errCode: 'A', errMsg: '' }],
    ['{"errCode":"A","errMsg":null}', { errCode: 'A', errMsg: '' }],
  ])('%s is read', (body, error) => {
    expect(parseErrorBody(body)).toEqual(error);
  });

  test.each([
    '',
    'null',
    '7',
    '"errCode"',
    '[]',
    '[{"errCode":"A"}]',
    '{}',
    '{"errMsg":"a"}',
    '{"errCode":null,"errMsg":"a"}',
    '{"errCode":true}',
    '{"errCode":["A"]}',
    '{"errCode":"two words"}',
    '{"errCode":"a\\nb"}',
    '{"errCode":"<b>"}',
    `{"errCode":"${'A'.repeat(65)}"}`,
    '{"error":"A"}',
    '{"error":["A"]}',
    '{"error":{"message":"a"}}',
    '{"errCode":"A"',
    '\ufeff{"errCode":"A"}',
    '<html><body>{"errCode":"A"}</body></html>',
  ])('%j is none', (body) => {
    expect(parseErrorBody(body)).toBeUndefined();
  });

  test('of any kind never throws, and what comes of it is fit to pass on', () => {
    const body = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.record({ errCode: fc.anything(), errMsg: fc.anything() }).map((value) => JSON.stringify(value)),
      fc.string({ unit: 'binary' }).map((errMsg) => JSON.stringify({ errCode: 'A', errMsg })),
    );
    fc.assert(
      fc.property(body, (text) => {
        const error = parseErrorBody(text ?? '');

        if (error === undefined) return;
        expect(error.errCode).toMatch(/^[A-Za-z0-9._-]{1,64}$/);
        expect(error.errMsg.length).toBeLessThanOrEqual(512);
        expect(error.errMsg).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
        expect(error.errMsg.isWellFormed()).toBe(true);
      }),
    );
  });
});

describe('text from upstream', () => {
  test.each([
    ['plain', 'plain'],
    ['  around  ', 'around'],
    ['任务不存在', '任务不存在'],
    ['a\r\nb', 'a b'],
    ['a\u0000\u0007\u001b[31mb', 'a [31mb'],
    ['a\u007fb\u0085c', 'a b c'],
    ['a\u2028b\u2029c', 'a b c'],
    ['safe\u202egnp.exe', 'safe gnp.exe'],
    ['zero\u200bwidth', 'zero width'],
    ['\ud800', '\ufffd'],
    ['a\udc00b', 'a\ufffdb'],
    ['\n\t\r', ''],
  ])('%j becomes %j', (text, printable) => {
    expect(toPrintable(text)).toBe(printable);
  });

  test.each([
    { length: 511, kept: 511 },
    { length: 512, kept: 512 },
    { length: 513, kept: 512 },
    { length: 100_000, kept: 512 },
  ])('of $length characters keeps $kept', ({ length, kept }) => {
    expect(toPrintable('x'.repeat(length))).toHaveLength(kept);
  });

  test('is looked at only at its beginning, however much of nothing comes first', () => {
    expect(toPrintable(`${'\n'.repeat(2_047)}ab`)).toBe('a');
  });

  test('is not cut within a character of two halves', () => {
    const cut = toPrintable(`${'x'.repeat(511)}😀`);

    expect(cut).toBe(`${'x'.repeat(511)}\ufffd`);
  });
});

describe('JSON', () => {
  test.each([
    ['{"a":1}', { a: 1 }],
    ['null', null],
    ['', undefined],
    ['{a:1}', undefined],
    ['undefined', undefined],
  ])('%j is read as %j', (text, value) => {
    expect(parseJson(text)).toEqual(value);
  });

  test('is a record when it is an object and no list', () => {
    expect([{}, { a: 1 }].every(isRecord)).toBe(true);
    expect([[], null, undefined, 7, 'text', true].some(isRecord)).toBe(false);
  });
});
