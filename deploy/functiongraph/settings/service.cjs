// @ts-check
'use strict';

const { ASYNC_INVOCATION, VARIABLES } = require('./shared.cjs');

/**
 * What serverless.yml may say under `custom.functiongraph`, as JSON schema: a key that is not listed here is an error.
 *
 * @example
 * custom:
 *   functiongraph:
 *     region: cn-north-4
 *     cloud: myhuaweicloud.com        # domain of the cloud; myhuaweicloud.eu for the European one
 *     runtime: Node.js20.15
 *     application: default            # FunctionGraph application ("package" in its API); must exist
 *     agency: sfs-turbo-du-cleaner    # gives the functions temporary credentials; left as it is when unset
 *     enterpriseProjectId: '0'        # for enterprise accounts; '0' is their default project; left as it is when unset
 *     ltsLogs: true                   # logs go to Log Tank Service; left as it is when unset
 *     gateway:                        # the dedicated gateway that the routes are published on
 *       instanceId: 0123...           # APIG instance
 *       groupId: 4567...              # API group of that instance; its domain is the functions' domain
 *       environmentId: DEFAULT_ENVIRONMENT_RELEASE_ID
 *       environmentName: RELEASE
 *       throttle: { requests: 20, requestsPerAddress: 10, seconds: 1 } # at most so many for each route; no policy when unset
 *       subdomain: 4567.apic.cn-north-4.huaweicloudapis.com # the group's own domain, for regions that want it named
 *     userData: { HW_REGION_NAME: cn-north-4 }                # configuration of every function
 *     encryptedUserData: { CALLER_KEYS: "${env:CALLER_KEYS, ''}" } # secrets; a blank one is left out
 *     asyncInvocation: { maxRetries: 0, maxAgeSeconds: 3600 }
 *
 * @import { AsyncInvocation, Variables } from './shared.cjs'
 *
 * @typedef {object} Gateway
 * @property {string} instanceId
 * @property {string} groupId
 * @property {string} [environmentId]
 * @property {string} [environmentName]
 * @property {string} [subdomain]
 * @property {{ readonly requests: number, readonly requestsPerAddress?: number, readonly seconds: number }} [throttle]
 *
 * @typedef {object} ServiceSettings
 * @property {string} region
 * @property {string} [cloud]
 * @property {string} [runtime]
 * @property {string} [application]
 * @property {string} [agency]
 * @property {string} [enterpriseProjectId]
 * @property {boolean} [ltsLogs]
 * @property {Gateway} [gateway]
 * @property {Variables} [userData]
 * @property {Variables} [encryptedUserData]
 * @property {AsyncInvocation} [asyncInvocation]
 */

// blank where a variable is not set: `deploy` then names the setting, and the other commands of Serverless still work
const ID = { type: 'string', pattern: '^[A-Za-z0-9_-]{0,64}$' };

const HOST = { type: 'string', pattern: '^([a-z0-9-]+(\\.[a-z0-9-]+)*)?$', maxLength: 255 };

// a gateway's own limit is 200 requests a second for an API, unless it was raised
const CALLS = { type: 'integer', minimum: 1, maximum: 2_147_483_647 };
const THROTTLE = {
  type: 'object',
  properties: { requests: CALLS, requestsPerAddress: CALLS, seconds: CALLS },
  required: ['requests', 'seconds'],
  additionalProperties: false,
};

/** Of `gateway.environmentId`: the environment that every gateway has. */
const DEFAULT_ENVIRONMENT_ID = 'DEFAULT_ENVIRONMENT_RELEASE_ID';

const SERVICE_SETTINGS = {
  type: 'object',
  properties: {
    // blank where a variable is not set, as with the ids above
    region: { type: 'string', pattern: '^([a-z]+(-[a-z0-9]+)+)?$' },
    cloud: { type: 'string', pattern: '^[a-z0-9.-]*$' },
    runtime: { type: 'string', pattern: '^Node\\.js[0-9]+\\.[0-9]+$' },
    application: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,59}$' },
    agency: { type: 'string', maxLength: 64 },
    enterpriseProjectId: ID,
    ltsLogs: { type: 'boolean' },
    gateway: {
      type: 'object',
      properties: {
        instanceId: ID,
        groupId: ID,
        environmentId: ID,
        environmentName: ID,
        subdomain: HOST,
        throttle: THROTTLE,
      },
      required: ['instanceId', 'groupId'],
      additionalProperties: false,
    },
    userData: VARIABLES,
    encryptedUserData: VARIABLES,
    asyncInvocation: ASYNC_INVOCATION,
  },
  required: ['region'],
  additionalProperties: false,
};

module.exports = { DEFAULT_ENVIRONMENT_ID, SERVICE_SETTINGS };
