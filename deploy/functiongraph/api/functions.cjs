// @ts-check
'use strict';

const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { fieldsOf, recordsOf } = require('../../json.cjs');
const { ApiError } = require('./api-error.cjs');
const { toConfiguration } = require('./configuration.cjs');
const { send, sendDelete, sendPlain } = require('./send.cjs');

/**
 * @import { Fields } from '../../json.cjs'
 * @import { FunctionPlan } from '../plan/functions.cjs'
 * @import { AsyncInvocation } from '../settings/shared.cjs'
 * @import { Client } from './client.cjs'
 *
 * @typedef {object} ExistingFunction
 * @property {string} urn
 * @property {string} name
 * @property {string} description
 * @property {string} runtime
 * @property {number} memoryMB
 * @property {number} timeoutSeconds
 * @property {string} lastModified
 */

const FUNCTIONS_PER_PAGE = 400;

/**
 * @param {Client} client
 * @returns {Promise<ExistingFunction[]>} every function of the project in this region
 */
async function listFunctions(client, marker = 0) {
  const request = new sdk.ListFunctionsRequest().withMarker(`${marker}`).withMaxitems(`${FUNCTIONS_PER_PAGE}`);
  const answer = fieldsOf(await send(() => client.functionGraph.listFunctions(request)));
  const page = recordsOf(answer['functions']).map(toExistingFunction);
  const next = Number(answer['next_marker']);
  const isLast = page.length < FUNCTIONS_PER_PAGE || !(next > marker);
  return isLast ? page : [...page, ...(await listFunctions(client, next))];
}

/**
 * @param {Client} client
 * @returns {Promise<string[]>} the runtimes that the region offers; none, where it does not tell
 */
async function listRuntimes({ functionGraphHttp }) {
  try {
    const answer = await sendPlain(functionGraphHttp, { method: 'GET', path: '/fgs/runtimetypes' });
    return recordsOf(answer).map(({ type }) => String(type));
  } catch (error) {
    // an operation that the documentation does not name, so a region without it is no failure
    if (error instanceof ApiError) return [];
    throw error;
  }
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 */
async function createFunction(client, plan, zip) {
  const body = Object.assign(new sdk.CreateFunctionRequestBody(), toConfiguration(plan), {
    _package: plan.application,
    type: 'v2',
    codeType: 'zip',
    codeFilename: `${plan.name}.zip`,
    funcCode: new sdk.FuncCode().withFile(zip.toString('base64')),
  });
  await send(() => client.functionGraph.createFunction(new sdk.CreateFunctionRequest().withBody(body)));
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 * @returns {Promise<'updated' | 'unchanged'>}
 */
async function updateCode(client, plan, zip) {
  const body = new sdk.UpdateFunctionCodeRequestBody()
    .withCodeType('zip')
    .withCodeFilename(`${plan.name}.zip`)
    .withFuncCode(new sdk.FuncCode().withFile(zip.toString('base64')));
  try {
    await send(() =>
      client.functionGraph.updateFunctionCode(new sdk.UpdateFunctionCodeRequest(plan.urn).withBody(body)),
    );
    return 'updated';
  } catch (error) {
    // FunctionGraph's answer to code that it has already
    if (error instanceof ApiError && error.code === 'FSS.0409') return 'unchanged';
    throw error;
  }
}

/**
 * @param {Client} client
 * @param {string} urn
 * @param {number} maxInstances
 */
async function setMaxInstances(client, urn, maxInstances) {
  const body = new sdk.UpdateFunctionMaxInstanceConfigRequestBody().withMaxInstanceNum(maxInstances);
  const request = new sdk.UpdateFunctionMaxInstanceConfigRequest(urn).withBody(body);
  await send(() => client.functionGraph.updateFunctionMaxInstanceConfig(request));
}

/**
 * @param {Client} client
 * @param {string} urn
 * @param {AsyncInvocation} asyncInvocation
 */
async function setAsyncInvocation(client, urn, { maxRetries, maxAgeSeconds }) {
  const body = new sdk.UpdateFunctionAsyncInvokeConfigRequestBody();
  if (maxRetries !== undefined) body.withMaxAsyncRetryAttempts(maxRetries);
  if (maxAgeSeconds !== undefined) body.withMaxAsyncEventAgeInSeconds(maxAgeSeconds);
  const request = new sdk.UpdateFunctionAsyncInvokeConfigRequest(`${urn}:latest`).withBody(body);
  await send(() => client.functionGraph.updateFunctionAsyncInvokeConfig(request));
}

/**
 * @param {Client} client
 * @param {string} urn without a version: the whole function goes
 */
async function deleteFunction(client, urn) {
  await sendDelete(
    () => client.functionGraph.deleteFunction(new sdk.DeleteFunctionRequest(urn)),
    async () => (await listFunctions(client)).some((fn) => fn.urn === urn),
  );
}

/**
 * @param {Fields} fn
 * @returns {ExistingFunction}
 */
function toExistingFunction(fn) {
  return {
    // reported with ":latest" at its end
    urn: String(fn['func_urn']).replace(/:latest$/, ''),
    name: String(fn['func_name']),
    description: typeof fn['description'] === 'string' ? fn['description'] : '',
    runtime: String(fn['runtime']),
    memoryMB: Number(fn['memory_size']),
    timeoutSeconds: Number(fn['timeout']),
    lastModified: String(fn['last_modified']),
  };
}

module.exports = {
  createFunction,
  deleteFunction,
  listFunctions,
  listRuntimes,
  setAsyncInvocation,
  setMaxInstances,
  updateCode,
};
