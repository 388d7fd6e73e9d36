import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { ANSWER_BY_CODE } from '../../lib/core/status.ts';
import { CELLS, REMAINING_MS, type Result, runMatrix, TOXICS, toMarkdown } from './matrix.ts';
import { STAGES } from './proxy.ts';

let results: readonly Result[] = [];

beforeAll(async () => {
  results = await runMatrix();
});

test('every cell has been run', () => {
  expect(results).toHaveLength(TOXICS.length * STAGES.length * 3 * 2);
  expect(results.map(({ toxic, stage, call, extent }) => ({ toxic, stage, call, extent }))).toEqual(CELLS);
});

const rows = TOXICS.flatMap((toxic) => STAGES.map((stage) => ({ type: toxic.type, stage, toxic })));

describe.each(rows)('$type from $stage on', ({ toxic, stage }) => {
  const ofRow = () => results.filter((result) => result.toxic === toxic && result.stage === stage);

  test('ends in an answer of the table before the deadline', () => {
    const inTable = Object.values(ANSWER_BY_CODE).map(({ status, errCode }) => `${status} ${errCode}`);

    for (const { outcome, errCode, durationMs } of ofRow()) {
      if (errCode === undefined) expect(['202', '202 already_gone', 'listed']).toContain(outcome);
      else expect(inTable).toContain(`${outcome} ${errCode}`);
      expect(durationMs).toBeLessThan(REMAINING_MS);
    }
  });

  test('is survived when it strikes once', () => {
    const once = ofRow().filter(({ extent }) => extent === 'once');

    expect(once.map(({ outcome }) => outcome)).toEqual([
      '202',
      'listed',
      expect.stringMatching(/^202( already_gone)?$/),
    ]);
  });

  test('leaves no doubt about a DELETE that was accepted, and claims none that was not', () => {
    for (const { call, claim, isDone } of ofRow().filter((result) => result.call !== 'list')) {
      expect(claim, call).toBeDefined();
      if (isDone) expect(claim).not.toBe('not done');
      else expect(claim).not.toBe('done');
    }
  });

  test('leaves no connection open and no secret in the log', () => {
    for (const { leftOpen, lines } of ofRow()) {
      expect(leftOpen).toBe(0);
      expect(lines.join()).not.toMatch(/MIIa|key-of-the-laboratory|x-auth-token/i);
    }
  });
});

test('the handbook shows what came of it', () => {
  const table = toMarkdown(results);

  expect(readFileSync('docs/reliability.md', 'utf8')).toContain(table);
});
