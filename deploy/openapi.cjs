// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { parse } = require('yaml');
const { isRecord } = require('./functiongraph/plan.cjs');

/**
 * Prints openapi.yaml as a gateway imports it:
 *
 *     node deploy/openapi.cjs aws http=arn:aws:lambda:… [chat=arn:aws:lambda:…]
 *     node deploy/openapi.cjs apig http=urn:fss:… [chat=urn:fss:…]
 *
 * `aws` is for HTTP APIs and REST APIs alike. The routes of a function that is not named are left out.
 *
 * Security schemes go to no gateway: each would take them as an order to check callers itself, and the function does that. A
 * REST API would even ask for an API key of AWS.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html what REST APIs do not take
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-open-api.html what HTTP APIs do not take
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-key-usage-plan-oas.html what `security` does there
 * @see https://support.huaweicloud.com/intl/en-us/usermanual-apig/apig_03_0083.html what APIG takes
 *
 * @typedef {Readonly<Record<string, unknown>>} Fields
 * @typedef {ReadonlyMap<string, string>} Functions the ARN or URN of each function, by its name in serverless.yml
 * @typedef {{ readonly urn: RegExp, readonly convert: (openApi: Fields, functions: Functions) => Fields }} Gateway
 */

// JSON Schema and OpenAPI have them, models of a REST API do not
const NOT_IN_MODELS = new Set(['additionalProperties', 'pattern', 'example', 'examples']);
const APIG_EXTENSION = /^x-apigateway-/;

/**
 * @param {Fields} openApi
 * @param {Functions} functions
 * @returns {Fields}
 */
function toAwsDocument(openApi, functions) {
  const convert = (/** @type {Fields} */ operation, /** @type {string} */ arn) => {
    const kept = Object.entries(operation).filter(([name]) => name !== 'security' && !APIG_EXTENSION.test(name));
    return withFunction(toModels(openApi, Object.fromEntries(kept)), arn);
  };
  const schemas = Object.entries(fieldsOf(fieldsOf(openApi['components'])['schemas'])).filter(([, it]) => isModel(it));
  return {
    openapi: openApi['openapi'],
    info: openApi['info'],
    paths: toPaths(openApi, functions, convert),
    components: { schemas: toModels(openApi, Object.fromEntries(schemas)) },
  };
}

/**
 * The least that makes the routes: what callers get wrong is for the function to say, so that it is said in one way.
 *
 * @param {Fields} openApi
 * @param {Functions} functions
 * @returns {Fields}
 */
function toApigDocument(openApi, functions) {
  const convert = (/** @type {Fields} */ operation, /** @type {string} */ urn) => ({
    operationId: operation['operationId'],
    description: operation['summary'],
    // undeclared headers and bodies are handed on; a declared header that is missing would be answered by the gateway
    parameters: listOf(operation['parameters']).map(({ name, description }) => ({
      name,
      in: 'path',
      required: true,
      ...(description !== undefined && { description }),
      schema: { type: 'string' },
    })),
    responses: { default: { description: 'The answer of the function' } },
    ...fieldsOf(
      withFunction(Object.fromEntries(Object.entries(operation).filter(([name]) => APIG_EXTENSION.test(name))), urn),
    ),
  });
  return { openapi: openApi['openapi'], info: openApi['info'], paths: toPaths(openApi, functions, convert) };
}

/**
 * @param {Fields} openApi
 * @param {Functions} functions
 * @param {(operation: Fields, functionUrn: string) => unknown} convert
 */
function toPaths(openApi, functions, convert) {
  const paths = Object.entries(fieldsOf(openApi['paths'])).map(([route, methods]) => {
    const converted = Object.entries(fieldsOf(methods)).flatMap(([method, operation]) => {
      const [tag] = /** @type {string[]} */ (fieldsOf(operation)['tags']);
      const urn = functions.get(tag ?? '');
      return urn === undefined ? [] : [[method, convert(fieldsOf(operation), urn)]];
    });
    return /** @type {const} */ ([route, Object.fromEntries(converted)]);
  });
  return Object.fromEntries(paths.filter(([, methods]) => Object.keys(methods).length > 0));
}

/**
 * With the references put in, but for those to models: a REST API knows no other, and wants models to be objects.
 *
 * @param {Fields} openApi
 * @param {unknown} node
 * @returns {unknown}
 */
function toModels(openApi, node) {
  if (Array.isArray(node)) return node.map((member) => toModels(openApi, member));
  if (!isRecord(node)) return node;
  if (typeof node['$ref'] === 'string') {
    const target = resolve(openApi, node['$ref']);
    return isModel(target) ? node : toModels(openApi, target);
  }
  const kept = Object.entries(node).filter(([name]) => !NOT_IN_MODELS.has(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, toModels(openApi, value)]));
}

/**
 * @param {Fields} openApi
 * @param {string} ref
 */
function resolve(openApi, ref) {
  const names = ref.replace('#/', '').split('/');
  return names.reduce((/** @type {unknown} */ node, name) => fieldsOf(node)[name], openApi);
}

/** @param {unknown} schema */
function isModel(schema) {
  return isRecord(schema) && schema['type'] === 'object';
}

/**
 * The placeholder FUNCTION_URN becomes a function.
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

/**
 * @param {unknown} value
 * @returns {Fields}
 */
function fieldsOf(value) {
  return isRecord(value) ? value : {};
}

/**
 * @param {unknown} value
 * @returns {Fields[]}
 */
function listOf(value) {
  return Array.isArray(value) ? value.map(fieldsOf) : [];
}

/** @type {ReadonlyMap<string, Gateway>} */
const GATEWAYS = new Map([
  ['aws', { urn: /^arn:aws[a-z-]*:lambda:[^:/]+:\d{12}:function:[^/]+$/, convert: toAwsDocument }],
  ['apig', { urn: /^urn:fss:[^:/]+:[^:/]+:function:[^:/]+:[^:/]+(:[^:/]+)?$/, convert: toApigDocument }],
]);
const USAGE = 'usage: node deploy/openapi.cjs aws|apig <function>=<ARN or URN> …\n';

/**
 * @param {readonly string[]} words of the command line
 * @param {string} yaml
 * @returns {Fields | undefined} nothing when the words cannot be understood
 */
function convert([name = '', ...assignments], yaml) {
  const gateway = GATEWAYS.get(name);
  const functions = new Map(
    assignments.map((assignment) => {
      const at = assignment.indexOf('=');
      return [assignment.slice(0, Math.max(at, 0)), assignment.slice(at + 1)];
    }),
  );
  const openApi = fieldsOf(parse(yaml));
  const known = new Set(listOf(openApi['tags']).map((tag) => tag['name']));
  const isUnderstood = [...functions].every(([tag, urn]) => known.has(tag) && gateway?.urn.test(urn) === true);
  return gateway === undefined || functions.size === 0 || !isUnderstood
    ? undefined
    : gateway.convert(openApi, functions);
}

function main() {
  const yaml = readFileSync(path.join(__dirname, '..', 'openapi.yaml'), 'utf8');
  const document = convert(process.argv.slice(2), yaml);
  if (document === undefined) {
    process.stderr.write(USAGE);
    process.exitCode = 2;
    return;
  }
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
}

if (require.main === module) main();

module.exports = { convert };
