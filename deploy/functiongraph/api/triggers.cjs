// @ts-check
'use strict';

const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { fieldsOf, recordsOf } = require('../../json.cjs');
const { send, sendDelete } = require('./send.cjs');

/**
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
  const answer = await send(() => client.listFunctionTriggers(new sdk.ListFunctionTriggersRequest(urn)));
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
  await send(() => client.createFunctionTrigger(new sdk.CreateFunctionTriggerRequest(urn).withBody(body)));
}

/**
 * @param {Client} client
 * @param {string} urn of the function
 * @param {ExistingTrigger} trigger
 * @param {TriggerStatus} status
 */
async function setTriggerStatus(client, urn, { type, id }, status) {
  const body = new sdk.UpdateTriggerRequestBody().withTriggerStatus(status);
  await send(() => client.updateTrigger(new sdk.UpdateTriggerRequest(urn, type, id).withBody(body)));
}

/**
 * @param {Client} client
 * @param {string} urn of the function
 * @param {ExistingTrigger} trigger
 */
async function deleteTrigger(client, urn, { type, id }) {
  await sendDelete(() => client.deleteFunctionTrigger(new sdk.DeleteFunctionTriggerRequest(urn, type, id)));
}

module.exports = { createTrigger, deleteTrigger, listTriggers, setTriggerStatus };
