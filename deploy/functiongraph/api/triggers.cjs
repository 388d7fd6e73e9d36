// @ts-check
'use strict';

const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { fieldsOf, recordsOf } = require('../../json.cjs');
const { DEFAULT_ENVIRONMENT_ID } = require('../settings/service.cjs');
const { ApiError } = require('./api-error.cjs');
const { deleteApi } = require('./gateway.cjs');
const { send, sendDelete } = require('./send.cjs');

/**
 * Calls about triggers. They are of a version of a function, and so the URN has one here.
 *
 * @import { ExistingTrigger, TriggerPlan, TriggerStatus } from '../triggers.cjs'
 * @import { Client } from './client.cjs'
 */

/**
 * @param {Client} client
 * @param {string} urn of the function
 * @returns {Promise<ExistingTrigger[]>}
 */
async function listTriggers(client, urn) {
  // the answer is the array itself, whatever the SDK's type says
  const answer = await send(() =>
    client.functionGraph.listFunctionTriggers(new sdk.ListFunctionTriggersRequest(`${urn}:latest`)),
  );
  return recordsOf(answer).map((trigger) => ({
    id: String(trigger['trigger_id']),
    type: String(trigger['trigger_type_code']),
    status: String(trigger['trigger_status']),
    eventData: fieldsOf(trigger['event_data']),
  }));
}

/**
 * @param {Client} client
 * @param {string} urn of the function
 * @param {TriggerPlan} plan
 */
async function createTrigger(client, urn, { type, status, eventData }) {
  const body = new sdk.CreateFunctionTriggerRequestBody(type)
    .withTriggerStatus(status)
    .withEventData(Object.assign(new sdk.TriggerEventDataRequestBody(), eventData));
  await send(() =>
    client.functionGraph.createFunctionTrigger(new sdk.CreateFunctionTriggerRequest(`${urn}:latest`).withBody(body)),
  );
}

/**
 * @param {Client} client
 * @param {string} urn of the function
 * @param {ExistingTrigger} trigger
 * @param {TriggerStatus} status
 */
async function setTriggerStatus(client, urn, { type, id }, status) {
  const body = new sdk.UpdateTriggerRequestBody().withTriggerStatus(status);
  await send(() =>
    client.functionGraph.updateTrigger(new sdk.UpdateTriggerRequest(`${urn}:latest`, type, id).withBody(body)),
  );
}

/**
 * Deletes a trigger, and what a gateway trigger leaves behind: its API stays published, still calls the function, and its
 * name and path are taken.
 *
 * @param {Client} client
 * @param {string} urn of the function
 * @param {ExistingTrigger} trigger
 * @returns {Promise<string>} for people: blank, or which API is left and what to do about it
 */
async function deleteTrigger(client, urn, trigger) {
  const { type, id } = trigger;
  await sendDelete(
    () => client.functionGraph.deleteFunctionTrigger(new sdk.DeleteFunctionTriggerRequest(`${urn}:latest`, type, id)),
    async () => (await listTriggers(client, urn)).some((other) => other.id === id),
  );
  return type === 'DEDICATEDGATEWAY' ? deleteApiOf(client, trigger) : '';
}

/**
 * @param {Client} client
 * @param {ExistingTrigger} trigger
 * @returns {Promise<string>}
 */
async function deleteApiOf(client, { eventData }) {
  // the documented list has no instance_id, and may have a blank env_id
  const instanceId = String(eventData['instance_id'] || client.gateway?.instanceId || '');
  const environmentId = String(eventData['env_id'] || client.gateway?.environmentId || DEFAULT_ENVIRONMENT_ID);
  const id = String(eventData['api_id'] || '');
  const left = `its API ${eventData['name']} ${id && `(${id}) `}may still be published: take it offline and delete it in the console of API Gateway`;
  if (instanceId === '' || id === '') return `; ${left}`;
  try {
    await deleteApi(client, instanceId, { id, environmentId });
    return '';
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return `; ${left} (${[error.code, error.message].filter(Boolean).join(' ')})`;
  }
}

module.exports = { createTrigger, deleteTrigger, listTriggers, setTriggerStatus };
