// @ts-check
'use strict';

const { fieldsOf, isRecord } = require('../json.cjs');
const { isForApig, toPaths, withFunction } = require('./convert.cjs');

/**
 * @import { Fields } from '../json.cjs'
 * @import { Functions } from './convert.cjs'
 */

// JSON Schema and OpenAPI have them, models of a REST API do not
const NOT_IN_MODELS = new Set(['additionalProperties', 'pattern', 'nullable', 'example', 'examples']);

/**
 * For HTTP APIs and REST APIs alike.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html what REST APIs do not take
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html what HTTP APIs do not take
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-usage-plan-oas.html what `security` does there
 *
 * @param {Fields} openApi
 * @param {Functions} functions
 * @returns {Fields}
 */
function toAwsDocument(openApi, functions) {
  const schemas = Object.entries(fieldsOf(fieldsOf(openApi['components'])['schemas']));
  const models = Object.fromEntries(schemas.filter(([, schema]) => isModel(schema)));
  return {
    openapi: openApi['openapi'],
    info: openApi['info'],
    paths: toPaths(openApi, functions, (operation, arn) => {
      const kept = Object.entries(operation).filter(([name]) => name !== 'security' && !isForApig(name));
      return withFunction(toModels(openApi, Object.fromEntries(kept)), arn);
    }),
    components: { schemas: toModels(openApi, models) },
  };
}

/**
 * Puts in what is referred to, except models: a REST API knows references to models only, and a model must be an object.
 *
 * @param {Fields} openApi
 * @param {unknown} node
 * @returns {unknown}
 */
function toModels(openApi, node) {
  if (Array.isArray(node)) return node.map((member) => toModels(openApi, member));
  if (!isRecord(node)) return node;
  if (typeof node['$ref'] === 'string') {
    const referred = resolve(openApi, node['$ref']);
    return isModel(referred) ? node : toModels(openApi, referred);
  }
  const kept = Object.entries(node).filter(([name]) => !NOT_IN_MODELS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, toModels(openApi, value)]));
}

/**
 * @param {Fields} openApi
 * @param {string} ref e.g. `#/components/schemas/Task`
 */
function resolve(openApi, ref) {
  const names = ref.replace('#/', '').split('/');
  return names.reduce((/** @type {unknown} */ node, name) => fieldsOf(node)[name], openApi);
}

/** @param {unknown} schema */
function isModel(schema) {
  return fieldsOf(schema)['type'] === 'object';
}

module.exports = { toAwsDocument };
