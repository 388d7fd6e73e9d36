// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { parse } = require('yaml');
const { fieldsOf, recordsOf } = require('./json.cjs');
const { toApigDocument } = require('./openapi/apig.cjs');
const { toAwsDocument } = require('./openapi/aws.cjs');

/**
 * Prints openapi.yaml as a gateway imports it:
 *
 *     node deploy/openapi.cjs aws http=arn:aws:lambda:… [chat=arn:aws:lambda:…]
 *     node deploy/openapi.cjs apig http=urn:fss:… [chat=urn:fss:…]
 *
 * The routes of a function that is not named are left out. So are the security schemes: a gateway would check callers by
 * them (a REST API would even ask for an API key of AWS), but the function checks its callers itself.
 *
 * @import { Fields } from './json.cjs'
 * @import { Functions } from './openapi/convert.cjs'
 *
 * @typedef {object} Gateway
 * @property {RegExp} urn form of an ARN or URN
 * @property {(openApi: Fields, functions: Functions) => Fields} convert
 */

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
  const functions = new Map(assignments.map(readAssignment));
  const openApi = fieldsOf(parse(yaml));
  const known = new Set(recordsOf(openApi['tags']).map((tag) => tag['name']));
  if (gateway === undefined || functions.size === 0) return undefined;
  const isUnderstood = [...functions].every(([tag, urn]) => known.has(tag) && gateway.urn.test(urn));
  return isUnderstood ? gateway.convert(openApi, functions) : undefined;
}

/**
 * @param {string} assignment e.g. `http=arn:aws:lambda:…`
 * @returns {readonly [name: string, urn: string]}
 */
function readAssignment(assignment) {
  const at = assignment.indexOf('=');
  return [assignment.slice(0, Math.max(at, 0)), assignment.slice(at + 1)];
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
