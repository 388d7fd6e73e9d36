// @ts-check
'use strict';

const { fieldsOf, recordsOf } = require('../../json.cjs');
const { ApiError } = require('./api-error.cjs');
const { sendPlain } = require('./send.cjs');

/**
 * Calls to API Gateway, for what triggers leave to it.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/api-apig/ApiManagement.html} dedicated gateways, version 2
 *
 * @import { Fields } from '../../json.cjs'
 * @import { ThrottlePlan } from '../plan/throttle.cjs'
 * @import { Client } from './client.cjs'
 * @import { PlainRequest } from './send.cjs'
 *
 * @typedef {{ readonly id: string, readonly environmentId: string }} PublishedApi
 */

const MAX_PER_PAGE = 500;

/**
 * @param {Client} client
 * @param {string} instanceId
 * @param {PlainRequest} request its path is the part behind the gateway
 * @returns {Promise<unknown>}
 */
function sendToGateway({ gatewayHttp }, instanceId, { path, ...request }) {
  return sendPlain(gatewayHttp, { ...request, path: `/apigw/instances/${encodeURIComponent(instanceId)}${path}` });
}

/**
 * Takes an API offline and deletes it. One that does not exist counts as deleted.
 *
 * @param {Client} client
 * @param {string} instanceId
 * @param {PublishedApi} api
 * @throws {ApiError}
 */
async function deleteApi(client, instanceId, { id, environmentId }) {
  const offline = { action: 'offline', env_id: environmentId, api_id: id };
  try {
    await sendToGateway(client, instanceId, { method: 'POST', path: '/apis/action', body: offline });
  } catch (error) {
    // it may be offline already: whether it is in the way is for the deletion to say
    if (!(error instanceof ApiError)) throw error;
  }
  try {
    await sendToGateway(client, instanceId, { method: 'DELETE', path: `/apis/${encodeURIComponent(id)}` });
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/**
 * @param {Client} client
 * @param {ThrottlePlan} plan
 * @returns {Promise<string>} the policy's id
 */
async function putThrottle(client, { instanceId, policy }) {
  const existing = await findThrottle(client, instanceId, policy.name);
  if (existing === undefined) {
    const created = await sendToGateway(client, instanceId, { method: 'POST', path: '/throttles', body: policy });
    return String(fieldsOf(created)['id']);
  }
  const id = String(existing['id']);
  const isEqual = Object.entries(policy).every(([key, value]) => existing[key] === value);
  if (!isEqual) await sendToGateway(client, instanceId, { method: 'PUT', path: `/throttles/${id}`, body: policy });
  return id;
}

/**
 * @param {Client} client
 * @param {string} instanceId
 * @param {string} name
 * @returns {Promise<boolean>} whether there was one
 */
async function deleteThrottle(client, instanceId, name) {
  const existing = await findThrottle(client, instanceId, name);
  if (existing === undefined) return false;
  await sendToGateway(client, instanceId, { method: 'DELETE', path: `/throttles/${existing['id']}` });
  return true;
}

/**
 * Binds the policy to those of the APIs that have none. A policy that somebody chose in the console stays.
 *
 * @param {Client} client
 * @param {ThrottlePlan} plan
 * @param {string} throttleId
 * @param {readonly string[]} apiIds
 */
async function bindThrottle(client, { instanceId, groupId, environmentId }, throttleId, apiIds) {
  const query = { throttle_id: throttleId, env_id: environmentId, group_id: groupId, limit: MAX_PER_PAGE };
  const path = '/throttle-bindings/unbinded-apis';
  const unbound = fieldsOf(await sendToGateway(client, instanceId, { method: 'GET', path, query }));
  const publishIds = recordsOf(unbound['apis'])
    .filter(({ id, throttle_apply_id: other }) => apiIds.includes(String(id)) && !other)
    .map((api) => api['publish_id']);
  if (publishIds.length === 0) return;
  const body = { strategy_id: throttleId, publish_ids: publishIds };
  await sendToGateway(client, instanceId, { method: 'POST', path: '/throttle-bindings', body });
}

/**
 * @param {Client} client
 * @param {string} instanceId
 * @param {string} name
 * @returns {Promise<Fields | undefined>}
 */
async function findThrottle(client, instanceId, name) {
  const query = { name, limit: MAX_PER_PAGE };
  const answer = fieldsOf(await sendToGateway(client, instanceId, { method: 'GET', path: '/throttles', query }));
  // the name is looked for as a part of names
  return recordsOf(answer['throttles']).find((throttle) => throttle['name'] === name);
}

module.exports = { bindThrottle, deleteApi, deleteThrottle, putThrottle };
