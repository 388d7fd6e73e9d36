// @ts-check
'use strict';

const { recordsOf } = require('../json.cjs');
const { isForApig, toPaths, withFunction } = require('./convert.cjs');

/**
 * @import { Fields } from '../json.cjs'
 * @import { Functions } from './convert.cjs'
 */

/**
 * The least that makes the routes. The function says what is wrong with a request, so that there is one answer to it.
 *
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-apig/apig_03_0083.html what APIG takes
 *
 * @param {Fields} openApi
 * @param {Functions} functions
 * @returns {Fields}
 */
function toApigDocument(openApi, functions) {
  return { openapi: openApi['openapi'], info: openApi['info'], paths: toPaths(openApi, functions, toOperation) };
}

/**
 * @param {Fields} operation
 * @param {string} urn
 * @returns {Fields}
 */
function toOperation(operation, urn) {
  const extensions = Object.entries(operation).filter(([name]) => isForApig(name));
  return {
    operationId: operation['operationId'],
    description: operation['summary'],
    // Queries, headers and bodies reach the function undeclared. If a declared one were not as declared, the gateway would answer.
    parameters: recordsOf(operation['parameters'])
      .filter((parameter) => parameter['in'] === 'path')
      .map(({ name, description }) => ({
        name,
        in: 'path',
        required: true,
        ...(description !== undefined && { description }),
        schema: { type: 'string' },
      })),
    responses: { default: { description: 'The answer of the function' } },
    ...Object.fromEntries(extensions.map(([name, value]) => [name, withFunction(value, urn)])),
  };
}

module.exports = { toApigDocument };
