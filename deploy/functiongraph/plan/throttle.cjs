// @ts-check
'use strict';

const { DEFAULT_ENVIRONMENT_ID } = require('../settings/service.cjs');

/**
 * @import { Target } from '../target.cjs'
 *
 * @typedef {object} ThrottlePlan a request throttling policy and the gateway, group and environment that it is for
 * @property {string} instanceId
 * @property {string} groupId
 * @property {string} environmentId
 * @property {{ name: string, type: 1, time_interval: number, time_unit: 'SECOND', api_call_limits: number,
 *   ip_call_limits?: number, remark: string }} policy in the API's own names
 */

/**
 * @param {Target} target
 * @returns {ThrottlePlan | undefined} none, where none is wanted
 */
function planThrottle({ name, stage, settings: { gateway } }) {
  if (gateway?.throttle === undefined) return undefined;
  const { requests, requestsPerAddress, seconds } = gateway.throttle;
  return {
    instanceId: gateway.instanceId,
    groupId: gateway.groupId,
    environmentId: gateway.environmentId || DEFAULT_ENVIRONMENT_ID,
    policy: {
      name: throttleName({ name, stage }),
      type: 1, // each route counts for itself: a flood at one leaves the others open
      time_interval: seconds,
      time_unit: 'SECOND',
      api_call_limits: requests,
      ...(requestsPerAddress === undefined ? {} : { ip_call_limits: requestsPerAddress }),
      remark: `Service ${name}, stage ${stage}`,
    },
  };
}

/**
 * Policy names have 3 to 64 characters, start with a letter and hold letters, digits and _ only.
 *
 * @param {{ readonly name: string, readonly stage: string }} owner
 */
function throttleName({ name, stage }) {
  return `${name}_${stage}_throttle`.replaceAll(/\W/g, '_').slice(-64);
}

module.exports = { planThrottle };
