// @ts-check
'use strict';

const { ASYNC_INVOCATION, VARIABLES } = require('./shared.cjs');

/**
 * What serverless.yml may say under `functiongraph` of a function, as JSON schema: a key that is not listed here is an
 * error. The limits are those of the FunctionGraph API reference (CreateFunction, CreateFunctionTrigger).
 *
 * @example
 * functions:
 *   http:
 *     handler: handlers/http.handler
 *     functiongraph:                  # a function without this key is not deployed to FunctionGraph
 *       memoryMB: 256
 *       timeoutSeconds: 30
 *       maxInstances: 10              # -1 = no limit; left as it is when unset
 *       userData: {}                  # adds to and overrides custom.functiongraph.userData; encryptedUserData likewise
 *       routes:
 *         - { method: GET, path: /healthz, auth: NONE }
 *         - { method: DELETE, path: /v1, match: prefix, auth: NONE, timeoutMs: 30000 } # all below /v1; no {…} in a path
 *   timer:
 *     handler: handlers/timer.handler
 *     functiongraph:
 *       memoryMB: 256
 *       timeoutSeconds: 900
 *       asyncInvocation: { maxRetries: 0 }
 *       timer:
 *         name: sweep
 *         cron: '0 15 2 * * ?'        # second minute hour day month weekday; or rate: 30m | 12h | 1d
 *         timezone: Asia/Shanghai     # the region's when unset
 *         userEvent: '{}'             # arrives as user_event
 *         enabled: true
 *
 * @import { AsyncInvocation, Variables } from './shared.cjs'
 *
 * @typedef {object} Route
 * @property {string} method
 * @property {string} path
 * @property {'NONE' | 'IAM' | 'APP'} auth
 * @property {'exact' | 'prefix'} [match]
 * @property {number} [timeoutMs]
 *
 * @typedef {object} Timer
 * @property {string} name
 * @property {string} [cron]
 * @property {string} [rate]
 * @property {string} [timezone]
 * @property {string} [userEvent]
 * @property {boolean} [enabled]
 *
 * @typedef {object} FunctionSettings
 * @property {number} memoryMB
 * @property {number} timeoutSeconds
 * @property {number} [maxInstances]
 * @property {Variables} [userData]
 * @property {Variables} [encryptedUserData]
 * @property {AsyncInvocation} [asyncInvocation]
 * @property {readonly Route[]} [routes]
 * @property {Timer} [timer]
 */

const ROUTE = {
  type: 'object',
  properties: {
    method: { enum: ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY'] },
    path: { type: 'string', pattern: '^/[^\\s?#]*$', maxLength: 512 },
    auth: { enum: ['NONE', 'IAM', 'APP'] },
    match: { enum: ['exact', 'prefix'] },
    timeoutMs: { type: 'integer', minimum: 1, maximum: 60_000 },
  },
  required: ['method', 'path', 'auth'],
  additionalProperties: false,
};

const TIMER = {
  type: 'object',
  properties: {
    name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
    cron: { type: 'string' },
    rate: { type: 'string', pattern: '^([1-9]|[1-5][0-9]|60)m$|^([1-9]|1[0-9]|2[0-4])h$|^([1-9]|[12][0-9]|30)d$' },
    timezone: { type: 'string', pattern: '^[A-Za-z_]+(/[A-Za-z_+-]+)*$' },
    userEvent: { type: 'string', maxLength: 2048 },
    enabled: { type: 'boolean' },
  },
  required: ['name'],
  oneOf: [{ required: ['cron'] }, { required: ['rate'] }],
  additionalProperties: false,
};

/** @see {@link https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0108.html} */
const MEMORY_SIZES_MB = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096];

const FUNCTION_SETTINGS = {
  type: 'object',
  properties: {
    memoryMB: { enum: MEMORY_SIZES_MB },
    timeoutSeconds: { type: 'integer', minimum: 3, maximum: 259_200 },
    maxInstances: { type: 'integer', minimum: -1, maximum: 1000 },
    userData: VARIABLES,
    encryptedUserData: VARIABLES,
    asyncInvocation: ASYNC_INVOCATION,
    routes: { type: 'array', items: ROUTE },
    timer: TIMER,
  },
  required: ['memoryMB', 'timeoutSeconds'],
  additionalProperties: false,
};

module.exports = { FUNCTION_SETTINGS };
