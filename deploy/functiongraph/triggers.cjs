// @ts-check
'use strict';

const { isRecord } = require('../json.cjs');

/**
 * @import { Fields } from '../json.cjs'
 *
 * @typedef {'TIMER' | 'DEDICATEDGATEWAY'} TriggerType the types that are managed here; all others are left alone
 * @typedef {'ACTIVE' | 'DISABLED'} TriggerStatus
 *
 * @typedef {object} TriggerPlan
 * @property {TriggerType} type
 * @property {TriggerStatus} status
 * @property {Fields} eventData in the API's own names
 *
 * @typedef {object} ExistingTrigger
 * @property {string} id
 * @property {string} type
 * @property {string} status
 * @property {Fields} eventData
 *
 * @typedef {object} TriggerChanges
 * @property {readonly ExistingTrigger[]} obsolete
 * @property {readonly { readonly existing: ExistingTrigger, readonly status: TriggerStatus }[]} restated
 * @property {readonly TriggerPlan[]} missing
 */

/**
 * What turns the triggers that exist into those that are wanted. Equal ones are left alone. Of a timer only the status can
 * be changed in place (UpdateTrigger takes no schedule), of a gateway trigger nothing. So one that differs is replaced.
 *
 * @param {readonly TriggerPlan[]} wanted
 * @param {readonly ExistingTrigger[]} existing
 * @returns {TriggerChanges}
 */
function compareTriggers(wanted, existing) {
  const managed = existing.filter(({ type }) => type === 'TIMER' || type === 'DEDICATEDGATEWAY');
  /** @type {Map<ExistingTrigger, TriggerPlan>} */
  const kept = new Map();
  for (const plan of wanted) {
    const equal = managed.find((trigger) => !kept.has(trigger) && isSameTrigger(plan, trigger));
    if (equal !== undefined) kept.set(equal, plan);
  }
  const found = new Set(kept.values());
  return {
    obsolete: managed.filter((trigger) => !kept.has(trigger)),
    restated: [...kept]
      .filter(([trigger, plan]) => trigger.status !== plan.status)
      .map(([trigger, { status }]) => ({ existing: trigger, status })),
    missing: wanted.filter((plan) => !found.has(plan)),
  };
}

/**
 * @param {TriggerPlan} plan
 * @param {ExistingTrigger} trigger
 */
function isSameTrigger(plan, trigger) {
  if (plan.type !== trigger.type) return false;
  // an empty user_event may be left out of the answer
  const actual = plan.type === 'TIMER' ? { user_event: '', ...trigger.eventData } : trigger.eventData;
  return includes(actual, plan.eventData);
}

/**
 * Whether `actual` contradicts nothing in `expected`. FunctionGraph does not report all that it was sent, the gateway's
 * instance for one, or reports it blank, like the environment in the documented answer. What is not reported counts as
 * equal: else each deployment would recreate such triggers.
 *
 * @param {Fields} actual
 * @param {Fields} expected
 * @returns {boolean}
 */
function includes(actual, expected) {
  return Object.entries(expected).every(([key, value]) => {
    const reported = actual[key];
    if (reported === undefined || reported === null || (reported === '' && key !== 'user_event')) return true;
    if (isRecord(value) && isRecord(reported)) return includes(reported, value);
    return reported === value;
  });
}

/**
 * The trigger in a few words, for people.
 *
 * @param {{ readonly type: string, readonly eventData: Fields }} trigger
 */
function describeTrigger({ type, eventData }) {
  if (type === 'TIMER') return `timer ${eventData['name']}`;
  if (type === 'DEDICATEDGATEWAY') return `route ${eventData['req_method']} ${eventData['path']}`;
  return `${type} trigger`;
}

module.exports = { compareTriggers, describeTrigger };
