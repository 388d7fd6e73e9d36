// @ts-check
'use strict';

const { createHash } = require('node:crypto');
const { DEFAULT_ENVIRONMENT_ID } = require('../settings/service.cjs');

/**
 * @import { FunctionSettings, Route } from '../settings/function.cjs'
 * @import { Gateway } from '../settings/service.cjs'
 * @import { TriggerPlan } from '../triggers.cjs'
 */

const MAX_GATEWAY_TIMEOUT_MS = 60_000;

/**
 * @param {string} functionName
 * @param {FunctionSettings} settings
 * @param {Gateway | undefined} gateway
 * @returns {TriggerPlan[]}
 */
function planRoutes(functionName, { routes = [], timeoutSeconds }, gateway) {
  if (gateway === undefined) return [];
  // APIG waits 5 s unless told otherwise, and would end a slow call while the function is still working
  const defaultTimeoutMs = Math.min(timeoutSeconds * 1000, MAX_GATEWAY_TIMEOUT_MS);
  return routes.map(({ method, path, auth, match, timeoutMs = defaultTimeoutMs }) => ({
    type: 'DEDICATEDGATEWAY',
    status: 'ACTIVE',
    eventData: {
      name: toApiName(functionName, method, path),
      type: 1, // public
      path,
      protocol: 'HTTPS',
      req_method: method,
      auth,
      match_mode: match === 'prefix' ? 'SWA' : 'NORMAL',
      backend_type: 'FUNCTION',
      instance_id: gateway.instanceId,
      group_id: gateway.groupId,
      env_id: gateway.environmentId || DEFAULT_ENVIRONMENT_ID,
      env_name: gateway.environmentName || 'RELEASE',
      ...(gateway.subdomain ? { sl_domain: gateway.subdomain } : {}),
      func_info: { timeout: timeoutMs },
    },
  }));
}

/**
 * @param {readonly Route[]} routes
 * @param {Gateway | undefined} gateway
 * @returns {string[]} why they cannot be published
 */
function faultsOfRoutes(routes, gateway) {
  if (routes.length === 0) return [];
  if (gateway === undefined || gateway.instanceId === '' || gateway.groupId === '') {
    return [
      'it has routes, so custom.functiongraph.gateway must name a dedicated gateway (APIG_INSTANCE_ID) and its API group ' +
        '(APIG_GROUP_ID)',
    ];
  }
  const keys = routes.map(({ method, path }) => `${method} ${path}`);
  const repeated = keys.filter((key, index) => keys.indexOf(key) !== index);
  return [
    ...repeated.map((key) => `route ${key} is there twice`),
    // APIG.2026: API Gateway wants each parameter of a path declared, and a trigger has no field to declare it in
    ...keys
      .filter((key) => key.includes('{'))
      .map((key) => `route ${key}: a path cannot have parameters; name what is before them, with match: prefix`),
  ];
}

/**
 * API names are unique in a group, start with a letter and hold letters, digits and _ only (at most 64).
 *
 * @param {string} functionName
 * @param {string} method
 * @param {string} path
 */
function toApiName(functionName, method, path) {
  const digest = createHash('sha256').update(`${method} ${path}`).digest('hex').slice(0, 8);
  return `${functionName.replaceAll('-', '_').slice(0, 47)}_${method}_${digest}`;
}

module.exports = { faultsOfRoutes, planRoutes };
