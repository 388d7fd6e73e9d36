// @ts-check
'use strict';

const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { fieldsOf } = require('../../json.cjs');
const { send } = require('./send.cjs');

/**
 * @import { Fields } from '../../json.cjs'
 * @import { FunctionPlan } from '../plan/functions.cjs'
 * @import { Client } from './client.cjs'
 */

/**
 * UpdateFunctionConfig replaces: what it is not sent is switched off (Cloud Custodian lost VPCs and variables that way).
 * So these fields, which serverless.yml does not set and people set in the console, are sent as they are reported.
 */
const KEPT_FIELDS = [
  'domain_names',
  'enable_auth_in_header',
  'enable_class_isolation',
  'enable_dynamic_memory',
  'enable_lts_log',
  'enterprise_project_id',
  'ephemeral_storage',
  'func_vpc',
  'heartbeat_handler',
  'initializer_handler',
  'initializer_timeout',
  'is_stateful_function',
  'lts_custom_tag',
  'mount_config',
  'network_controller',
  'peering_cidr',
  'pre_stop_handler',
  'pre_stop_timeout',
  'strategy_config',
  'user_data_encrypt_kms_key_id',
  'app_xrole',
  'xrole',
];

/**
 * @param {Client} client
 * @param {string} urn
 * @returns {Promise<Fields>} as reported, in the API's own names; values of encrypted variables are not among them
 */
async function showConfiguration(client, urn) {
  const request = new sdk.ShowFunctionConfigRequest(urn);
  return fieldsOf(await send(() => client.functionGraph.showFunctionConfig(request)));
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 */
async function updateConfiguration(client, plan) {
  const kept = keptConfiguration(await showConfiguration(client, plan.urn));
  const body = Object.assign(new sdk.UpdateFunctionConfigRequestBody(), kept, toConfiguration(plan));
  const request = new sdk.UpdateFunctionConfigRequest(plan.urn).withBody(body);
  await send(() => client.functionGraph.updateFunctionConfig(request));
}

/**
 * @param {Fields} reported
 * @returns {Fields}
 */
function keptConfiguration(reported) {
  const { log_group_id: groupId, log_stream_id: streamId } = reported;
  const logs = groupId && streamId ? { log_config: { group_id: groupId, stream_id: streamId } } : {};
  const kept = KEPT_FIELDS.filter((name) => isSet(reported[name])).map((name) => [name, reported[name]]);
  return { ...Object.fromEntries(kept), ...logs };
}

/**
 * @param {unknown} value
 * @returns {boolean} not so for what the API reports of a setting that nobody made: null, '', 0, {}, and a mount_config of
 *   an owner (-1, -1) without a single mount
 */
function isSet(value) {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value !== 'object' || value === null) return Boolean(value);
  if ('func_mounts' in value) return isSet(value.func_mounts);
  return Object.values(value).some((part) => part !== null && part !== '');
}

/**
 * What CreateFunction and UpdateFunctionConfig have in common, by the names of the SDK's setters.
 *
 * @param {FunctionPlan} plan
 */
function toConfiguration({ agency, enterpriseProjectId, ltsLogs, ...plan }) {
  return {
    funcName: plan.name,
    runtime: plan.runtime,
    timeout: plan.timeoutSeconds,
    handler: plan.handler,
    memorySize: plan.memoryMB,
    userData: JSON.stringify(plan.userData),
    encryptedUserData: JSON.stringify(plan.encryptedUserData),
    description: plan.description,
    // the first is the documented agency, the second an execution agency of its own: deployers in the field send either
    ...(agency === undefined ? {} : { xrole: agency, appXrole: agency }),
    ...(enterpriseProjectId === undefined ? {} : { enterpriseProjectId }),
    ...(ltsLogs === undefined ? {} : { enableLtsLog: ltsLogs }),
  };
}

module.exports = { showConfiguration, toConfiguration, updateConfiguration };
