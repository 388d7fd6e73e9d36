// @ts-check
'use strict';

/**
 * What serverless.yml may say about FunctionGraph, as JSON schema: a key that is not listed here is an error.
 * The limits are those of the FunctionGraph API reference (CreateFunction, CreateFunctionTrigger, UpdateFunctionConfig,
 * UpdateFunctionAsyncInvokeConfig).
 *
 * @example
 * custom:
 *   functiongraph:
 *     region: cn-north-4
 *     cloud: myhuaweicloud.com        # domain of the cloud; myhuaweicloud.eu for the European one
 *     runtime: Node.js20.15
 *     application: default            # FunctionGraph application ("package" in its API); must exist
 *     agency: sfs-turbo-du-cleaner    # execution agency: gives the functions temporary credentials
 *     ltsLogs: true                   # logs go to Log Tank Service; left as it is when unset
 *     gateway:                        # the dedicated gateway that the routes are published on
 *       instanceId: 0123...           # APIG instance
 *       groupId: 4567...              # API group of that instance; its domain is the functions' domain
 *       environmentId: DEFAULT_ENVIRONMENT_RELEASE_ID
 *       environmentName: RELEASE
 *     userData: { HW_REGION_NAME: cn-north-4 }                # configuration of every function
 *     encryptedUserData: { CALLER_KEYS: "${env:CALLER_KEYS, ''}" } # secrets; a blank one is left out
 *     asyncInvocation: { maxRetries: 0, maxAgeSeconds: 3600 }
 * functions:
 *   http:
 *     handler: handlers/http.handler
 *     functiongraph:                  # a function without this key is not deployed to FunctionGraph
 *       memoryMB: 256
 *       timeoutSeconds: 30
 *       maxInstances: 10              # -1 = no limit; left as it is when unset
 *       userData: {}                  # adds to and overrides custom.functiongraph.userData; encryptedUserData likewise
 *       routes:
 *         - { method: DELETE, path: '/v1/{project_id}/tasks/{task_id}', auth: NONE, match: exact, timeoutMs: 30000 }
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
 */

const VARIABLES = {
  type: 'object',
  patternProperties: {
    '^[A-Za-z][A-Za-z0-9_]*$': { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  },
  additionalProperties: false,
};

const ASYNC_INVOCATION = {
  type: 'object',
  properties: {
    maxRetries: { type: 'integer', minimum: 0, maximum: 3 },
    maxAgeSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
  },
  additionalProperties: false,
};

// a blank one may come from a variable that is not set: the deployment names it, and everything else still works
const ID = { type: 'string', pattern: '^[A-Za-z0-9_-]{0,64}$' };

/** @see {@link https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0108.html} */
const MEMORY_SIZES_MB = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096];

const CUSTOM_SCHEMA = {
  type: 'object',
  properties: {
    functiongraph: {
      type: 'object',
      properties: {
        region: { type: 'string', pattern: '^[a-z]+(-[a-z0-9]+)+$' },
        cloud: { type: 'string', pattern: '^[a-z0-9.-]+$' },
        runtime: { type: 'string', pattern: '^Node\\.js[0-9]+\\.[0-9]+$' },
        application: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,59}$' },
        agency: { type: 'string', maxLength: 64 },
        ltsLogs: { type: 'boolean' },
        gateway: {
          type: 'object',
          properties: { instanceId: ID, groupId: ID, environmentId: ID, environmentName: ID },
          required: ['instanceId', 'groupId'],
          additionalProperties: false,
        },
        userData: VARIABLES,
        encryptedUserData: VARIABLES,
        asyncInvocation: ASYNC_INVOCATION,
      },
      required: ['region'],
      additionalProperties: false,
    },
  },
};

const FUNCTION_SCHEMA = {
  type: 'object',
  properties: {
    functiongraph: {
      type: 'object',
      properties: {
        memoryMB: { enum: MEMORY_SIZES_MB },
        timeoutSeconds: { type: 'integer', minimum: 3, maximum: 259_200 },
        maxInstances: { type: 'integer', minimum: -1, maximum: 1000 },
        userData: VARIABLES,
        encryptedUserData: VARIABLES,
        asyncInvocation: ASYNC_INVOCATION,
        routes: {
          type: 'array',
          items: {
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
          },
        },
        timer: {
          type: 'object',
          properties: {
            name: { type: 'string', pattern: '^[A-Za-z][A-Za-z0-9_-]{0,63}$' },
            cron: { type: 'string' },
            rate: {
              type: 'string',
              pattern: '^([1-9]|[1-5][0-9]|60)m$|^([1-9]|1[0-9]|2[0-4])h$|^([1-9]|[12][0-9]|30)d$',
            },
            timezone: { type: 'string', pattern: '^[A-Za-z_]+(/[A-Za-z_+-]+)*$' },
            userEvent: { type: 'string', maxLength: 2048 },
            enabled: { type: 'boolean' },
          },
          required: ['name'],
          oneOf: [{ required: ['cron'] }, { required: ['rate'] }],
          additionalProperties: false,
        },
      },
      required: ['memoryMB', 'timeoutSeconds'],
      additionalProperties: false,
    },
  },
};

module.exports = { CUSTOM_SCHEMA, FUNCTION_SCHEMA };
