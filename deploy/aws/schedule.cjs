// @ts-check
'use strict';

/**
 * Serverless reads this file for what follows from the schedule: `${file(./deploy/aws/schedule.cjs):periodS}`.
 *
 * @typedef {object} AlarmTimes
 * @property {number} periodS the time between two runs, in seconds: an alarm that looked more often would miss a run in between
 * @property {number} missedRuns how many runs without a good one are too many
 * @property {number} runsOfADay how many runs there are in a day, and no fewer than `missedRuns`
 */

const SECONDS = { minute: 60, hour: 3_600, day: 86_400 };
// CloudWatch looks back for a day where the period is shorter than an hour, and for a week elsewhere
const LONGEST_S = { short: SECONDS.day, long: 7 * SECONDS.day };

/**
 * @param {string} schedule as EventBridge Scheduler takes it
 * @param {string} longestGap for a cron expression: the longest time between two runs, as in a rate: `1 day`
 * @param {number} alarmAfterRuns
 * @returns {AlarmTimes}
 * @throws {Error} when the time between two runs is not known, or too long for an alarm
 */
function alarmTimes(schedule, longestGap, alarmAfterRuns) {
  const periodS = parseTime(/^rate\((.*)\)$/.exec(schedule)?.[1] ?? longestGap);
  if (periodS === undefined) {
    throw new Error(
      `the parameter "schedule" of serverless.yml is ${schedule}, from which the alarms cannot tell how often the sweep runs: ` +
        'write rate(1 hour), or set "longestGap" to the longest time between two runs, such as 1 day',
    );
  }
  const longestS = periodS < SECONDS.hour ? LONGEST_S.short : LONGEST_S.long;
  const mostPeriods = Math.floor(longestS / periodS);
  if (mostPeriods === 0) {
    throw new Error(
      `the sweep runs every ${periodS / SECONDS.day} days, and an alarm of CloudWatch looks back for seven`,
    );
  }
  const missedRuns = Math.min(alarmAfterRuns, mostPeriods);
  const runsOfADay = Math.ceil(SECONDS.day / periodS);
  return { periodS, missedRuns, runsOfADay: Math.min(Math.max(runsOfADay, missedRuns), mostPeriods) };
}

/**
 * @param {string} text
 * @returns {number | undefined} seconds
 */
function parseTime(text) {
  const [, count, unit] = /^(\d+) (minute|hour|day)s?$/.exec(text) ?? [];
  if (unit !== 'minute' && unit !== 'hour' && unit !== 'day') return undefined;
  return Number(count) * SECONDS[unit] || undefined;
}

/** @param {{ resolveVariable: (address: string) => Promise<unknown> }} serverless */
module.exports = async ({ resolveVariable }) => {
  const [schedule, longestGap, alarmAfterRuns] = await Promise.all(
    ['param:schedule', 'param:longestGap', 'param:alarmAfterRuns'].map(resolveVariable),
  );
  return alarmTimes(String(schedule), String(longestGap), Number(alarmAfterRuns));
};
