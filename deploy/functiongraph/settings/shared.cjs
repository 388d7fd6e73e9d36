// @ts-check
'use strict';

/**
 * What the service and each of its functions may set.
 *
 * @typedef {Readonly<Record<string, string | number | boolean>>} Variables
 * @typedef {{ readonly maxRetries?: number, readonly maxAgeSeconds?: number }} AsyncInvocation
 */

const VARIABLES = {
  type: 'object',
  patternProperties: {
    '^[A-Za-z][A-Za-z0-9_]*$': { anyOf: [{ type: 'string' }, { type: 'number' }, { type: 'boolean' }] },
  },
  additionalProperties: false,
};

// limits: FunctionGraph API reference, UpdateFunctionAsyncInvokeConfig
const ASYNC_INVOCATION = {
  type: 'object',
  properties: {
    maxRetries: { type: 'integer', minimum: 0, maximum: 3 },
    maxAgeSeconds: { type: 'integer', minimum: 1, maximum: 86_400 },
  },
  additionalProperties: false,
};

module.exports = { ASYNC_INVOCATION, VARIABLES };
