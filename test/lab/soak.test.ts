import { beforeAll, describe, expect, test } from 'vitest';
import { REMAINING_MS, runSoak, type SoakReport } from './soak.ts';

const CALLS = 1_000;

describe(`a soak of ${CALLS} calls with faults in every tenth (npm run soak has 20,000)`, () => {
  let report: SoakReport;

  beforeAll(async () => {
    report = await runSoak({ calls: CALLS, faultRate: 0.1, inFlight: 16, seed: 7 });
  });

  test('has met the faults, and most calls have survived them', () => {
    expect(report.calls).toBe(CALLS);
    expect(report.faults).toBeGreaterThan(CALLS / 20);
    expect(report.toldDone).toBeGreaterThan(CALLS * 0.97);
    expect(report.slowestMs).toBeLessThan(REMAINING_MS);
  });

  test('counts every DELETE that was accepted once', () => {
    expect(report.untrue).toEqual([]);
    expect(report.deleted).toBe(report.toldDone + report.deletedInDoubt);
    expect(report.audits).toBe(CALLS);
  });

  test('leaves no socket, no timer and no memory behind', () => {
    expect(report.leftSockets).toBeLessThanOrEqual(0);
    expect(report.leftTimers).toBeLessThanOrEqual(0);
    expect(report.grownMiB).toBeLessThan(8);
  });
});
