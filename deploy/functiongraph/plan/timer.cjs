// @ts-check
'use strict';

/**
 * @import { Timer } from '../settings/function.cjs'
 * @import { TriggerPlan } from '../triggers.cjs'
 */

// second minute hour day month, and an optional weekday: "Cron Expressions for a Function Timer Trigger"
const CRON = /^(?:@every \S+|[\d?*/,A-Za-z-]+(?: [\d?*/,A-Za-z-]+){4,5})$/;

/**
 * @param {Timer} timer
 * @returns {TriggerPlan}
 */
function planTimer({ name, cron, rate = '', timezone, userEvent = '', enabled = true }) {
  const schedule = timezone === undefined ? cron : `CRON_TZ=${timezone} ${cron}`;
  return {
    type: 'TIMER',
    status: enabled ? 'ACTIVE' : 'DISABLED',
    eventData: {
      name,
      ...(cron === undefined ? { schedule_type: 'Rate', schedule: rate } : { schedule_type: 'Cron', schedule }),
      user_event: userEvent,
    },
  };
}

/**
 * @param {Timer} timer
 * @returns {string[]} why FunctionGraph would refuse it
 */
function faultsOfTimer({ cron, rate, timezone }) {
  return [
    ...(cron !== undefined && !CRON.test(cron)
      ? [`timer: cron must be "second minute hour day month [weekday]" or "@every 30m", not "${cron}"`]
      : []),
    ...(rate !== undefined && timezone !== undefined ? ['timer: timezone goes with cron, not with rate'] : []),
  ];
}

module.exports = { faultsOfTimer, planTimer };
