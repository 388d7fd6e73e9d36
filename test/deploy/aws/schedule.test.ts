import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

interface AlarmTimes {
  readonly periodS: number;
  readonly missedRuns: number;
  readonly runsOfADay: number;
}

type Resolver = (serverless: { resolveVariable: (address: string) => Promise<unknown> }) => Promise<AlarmTimes>;
const resolver: Resolver = createRequire(import.meta.url)('../../../deploy/aws/schedule.cjs');

function timesFor(schedule: string, longestGap = '', alarmAfterRuns = 2): Promise<AlarmTimes> {
  const params: Readonly<Record<string, unknown>> = { schedule, longestGap, alarmAfterRuns };
  return resolver({ resolveVariable: async (address) => params[address.replace('param:', '')] });
}

describe('the alarms look as often as the sweep runs', () => {
  test.each([
    { schedule: 'rate(5 minutes)', periodS: 300, missedRuns: 2, runsOfADay: 288 },
    { schedule: 'rate(1 hour)', periodS: 3_600, missedRuns: 2, runsOfADay: 24 },
    { schedule: 'rate(12 hours)', periodS: 43_200, missedRuns: 2, runsOfADay: 2 },
    { schedule: 'rate(1 day)', periodS: 86_400, missedRuns: 2, runsOfADay: 2 },
    // CloudWatch looks back for seven days at most
    { schedule: 'rate(4 days)', periodS: 345_600, missedRuns: 1, runsOfADay: 1 },
    { schedule: 'rate(7 days)', periodS: 604_800, missedRuns: 1, runsOfADay: 1 },
  ])('$schedule', async ({ schedule, ...times }) => {
    expect(await timesFor(schedule)).toEqual(times);
  });

  test('by the longest gap, where a cron expression does not tell', async () => {
    expect(await timesFor('cron(0 3 ? * MON-FRI *)', '3 days')).toEqual({
      periodS: 259_200,
      missedRuns: 2,
      runsOfADay: 2,
    });
  });

  test.each(['cron(0 3 * * ? *)', 'rate(0 hours)', 'rate(1 week)', 'hourly'])(
    '%s by itself does not say how often, so nothing is deployed',
    async (schedule) => {
      await expect(timesFor(schedule)).rejects.toThrow('longestGap');
    },
  );

  test('and no alarm can follow a sweep that runs less often than weekly', async () => {
    await expect(timesFor('rate(8 days)')).rejects.toThrow('every 8 days');
  });
});
