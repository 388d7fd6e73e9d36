import { beforeAll, describe, expect, test } from 'vitest';
import { DOORS, MANY_CELLS, type ManyResult, REMAINING_MS, runManyCells } from './many.ts';
import { TOXICS } from './matrix.ts';

let results: readonly ManyResult[] = [];

beforeAll(async () => {
  results = await runManyCells();
}, 180_000);

test('every cell has been run, and many of them deleted in part', () => {
  const inPart = results.filter(({ errCode, deleted }) => errCode === 'FN.PARTIAL' && deleted.length > 0);

  expect(results).toHaveLength(MANY_CELLS.length);
  expect(inPart.length).toBeGreaterThan(10);
});

describe.each(DOORS)('$door', ({ path }) => {
  describe.each(TOXICS)('under $type', (toxic) => {
    const ofToxic = () => results.filter((result) => result.toxic === toxic && result.path === path);

    test('answers before its time is over', () => {
      for (const { durationMs } of ofToxic()) expect(durationMs).toBeLessThan(REMAINING_MS - 100);
    });

    test('names each task that was deleted, in the answer and in the audit', () => {
      for (const { told, deleted, audited, stage, extent, beginning } of ofToxic()) {
        const isGone = ({ outcome, reason }: (typeof told)[number]) =>
          outcome !== undefined || reason === 'may_be_deleted';
        const named = told.filter(isGone).map((task) => task.task_id);
        const cell = `${stage}, ${extent}, ${beginning}`;

        expect(
          deleted.filter((id) => !named.includes(id)),
          cell,
        ).toEqual([]);
        expect(
          deleted.filter((id) => !audited.includes(id)),
          cell,
        ).toEqual([]);
      }
    });

    test('claims no DELETE that was not carried out', () => {
      for (const { told, deleted } of ofToxic()) {
        const accepted = told.filter(({ outcome }) => outcome !== undefined).map((task) => task.task_id);

        expect(accepted.filter((id) => !deleted.includes(id))).toEqual([]);
      }
    });

    test('ends in success, in part, or with a failed list and nothing deleted', () => {
      for (const { status, errCode, deleted } of ofToxic()) {
        if (status === 200) expect(errCode).toBeUndefined();
        else if (errCode === 'FN.PARTIAL') expect(status).toBe(502);
        else expect(deleted).toEqual([]);
      }
    });

    test('strikes once and is survived', () => {
      const once = ofToxic().filter(({ extent }) => extent === 'once');

      expect(once.filter(({ status }) => status !== 200)).toEqual([]);
      expect(once.every(({ deleted }) => deleted.length === 6)).toBe(true);
    });
  });
});
