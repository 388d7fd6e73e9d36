// @ts-check
'use strict';

const { fieldsOf, isRecord } = require('../json.cjs');

/**
 * What the documents for both gateways have in common.
 *
 * @import { Fields } from '../json.cjs'
 *
 * @typedef {ReadonlyMap<string, string>} Functions the ARN or URN of each function, by its name in serverless.yml
 */

const GATEWAY_EXTENSION = /^x-apigateway-/;

/** @param {string} name of a field of an operation */
function isForApig(name) {
  return GATEWAY_EXTENSION.test(name);
}

/**
 * @param {Fields} openApi
 * @param {Functions} functions
 * @param {(operation: Fields, urn: string) => unknown} convert
 * @returns {Fields} the paths of these functions
 */
function toPaths(openApi, functions, convert) {
  const paths = Object.entries(fieldsOf(openApi['paths'])).map(([route, methods]) => {
    const converted = Object.entries(fieldsOf(methods)).flatMap(([method, value]) => {
      const operation = fieldsOf(value);
      const urn = functions.get(tagOf(operation));
      return urn === undefined ? [] : [[method, convert(operation, urn)]];
    });
    return [route, Object.fromEntries(converted)];
  });
  return Object.fromEntries(paths.filter(([, methods]) => Object.keys(methods).length > 0));
}

/** @param {Fields} operation */
function tagOf({ tags }) {
  return Array.isArray(tags) ? String(tags[0]) : '';
}

/**
 * Replaces the placeholder FUNCTION_URN.
 *
 * @param {unknown} node
 * @param {string} urn
 * @returns {unknown}
 */
function withFunction(node, urn) {
  if (typeof node === 'string') return node.replace('FUNCTION_URN', urn);
  if (Array.isArray(node)) return node.map((member) => withFunction(member, urn));
  if (!isRecord(node)) return node;
  return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, withFunction(value, urn)]));
}

module.exports = { isForApig, toPaths, withFunction };
