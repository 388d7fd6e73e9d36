// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const { Logger4jInstance } = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger');
const sdk = require('@huaweicloud/huaweicloud-sdk-functiongraph');
const { isRecord } = require('./plan.cjs');

// the SDK prints every failed request whole, with its Authorization header, security token and body
Logger4jInstance.level = 'off';

/**
 * The calls to FunctionGraph that a deployment needs, through the official SDK.
 *
 * @typedef {import('./plan.cjs').FunctionPlan} FunctionPlan
 * @typedef {import('./plan.cjs').TriggerPlan} TriggerPlan
 * @typedef {import('./plan.cjs').TriggerStatus} TriggerStatus
 * @typedef {import('./plan.cjs').ExistingTrigger} ExistingTrigger
 * @typedef {import('./plan.cjs').AsyncInvocation} AsyncInvocation
 *
 * @typedef {object} Credentials
 * @property {string} accessKey
 * @property {string} secretKey
 * @property {string | undefined} securityToken
 * @property {string} projectId
 *
 * @typedef {object} ExistingFunction
 * @property {string} urn
 * @property {string} name
 * @property {string} description
 * @property {string} runtime
 * @property {number} memoryMB
 * @property {number} timeoutSeconds
 * @property {string} lastModified
 *
 * @typedef {ReturnType<typeof createApi>} Api
 */

const REQUEST_TIMEOUT_MS = 120_000; // long enough for 50 MB of code over a slow line
// a throttled request (FSS.0429, APIGW.0308) has not been carried out, so it may go out again whatever it does
const THROTTLED_DELAYS_MS = [500, 1000, 2000];
const FUNCTIONS_PER_PAGE = 400;
const MAX_MESSAGE_CHARS = 600;

/** A request that FunctionGraph refused or that never reached it. */
class ApiError extends Error {
  /** @param {{ status: number | undefined, code: string | undefined, detail: string, requestId: string | undefined }} answer */
  constructor({ status, code, detail, requestId }) {
    super(detail);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/**
 * @param {string} endpoint
 * @param {Credentials} credentials
 */
function createApi(endpoint, { accessKey, secretKey, securityToken, projectId }) {
  const credential = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
  if (securityToken !== undefined) credential.withSecurityToken(securityToken);
  const client = sdk.FunctionGraphClient.newBuilder()
    .withCredential(credential)
    .withEndpoint(endpoint)
    .withOptions({
      // without a name the SDK makes up an id, keeps it in the home directory and sends it along
      customUserAgent: 'serverless-functiongraph',
      // a redirect would carry the signature elsewhere
      axiosRequestConfig: { timeout: REQUEST_TIMEOUT_MS, maxRedirects: 0 },
    })
    .build();

  return {
    /**
     * Every function of the project in this region.
     *
     * @returns {Promise<ExistingFunction[]>}
     */
    async listFunctions() {
      /** @type {ExistingFunction[]} */
      const functions = [];
      let marker = 0;
      for (;;) {
        const request = new sdk.ListFunctionsRequest().withMarker(`${marker}`).withMaxitems(`${FUNCTIONS_PER_PAGE}`);
        const answer = await send(() => client.listFunctions(request));
        const page = toRecords(isRecord(answer) ? answer['functions'] : undefined).map(toExistingFunction);
        functions.push(...page);
        const next = isRecord(answer) ? Number(answer['next_marker']) : 0;
        if (page.length === 0 || !(next > marker) || page.length < FUNCTIONS_PER_PAGE) return functions;
        marker = next;
      }
    },

    /**
     * @param {FunctionPlan} plan
     * @param {Buffer} zip
     */
    async createFunction(plan, zip) {
      const body = Object.assign(new sdk.CreateFunctionRequestBody(), toConfig(plan), {
        _package: plan.application,
        type: 'v2',
        codeType: 'zip',
        codeFilename: `${plan.name}.zip`,
        funcCode: new sdk.FuncCode().withFile(zip.toString('base64')),
      });
      await send(() => client.createFunction(new sdk.CreateFunctionRequest().withBody(body)));
    },

    /** @param {FunctionPlan} plan */
    async updateConfig(plan) {
      const body = Object.assign(new sdk.UpdateFunctionConfigRequestBody(), toConfig(plan));
      await send(() => client.updateFunctionConfig(new sdk.UpdateFunctionConfigRequest(plan.urn).withBody(body)));
    },

    /**
     * @param {FunctionPlan} plan
     * @param {Buffer} zip
     * @returns {Promise<'updated' | 'unchanged'>}
     */
    async updateCode(plan, zip) {
      const body = new sdk.UpdateFunctionCodeRequestBody()
        .withCodeType('zip')
        .withCodeFilename(`${plan.name}.zip`)
        .withFuncCode(new sdk.FuncCode().withFile(zip.toString('base64')));
      try {
        await send(() => client.updateFunctionCode(new sdk.UpdateFunctionCodeRequest(plan.urn).withBody(body)));
        return 'updated';
      } catch (error) {
        // FunctionGraph's answer to code that it has already
        if (error instanceof ApiError && error.code === 'FSS.0409') return 'unchanged';
        throw error;
      }
    },

    /**
     * @param {string} urn
     * @param {number} maxInstances
     */
    async setMaxInstances(urn, maxInstances) {
      const body = new sdk.UpdateFunctionMaxInstanceConfigRequestBody().withMaxInstanceNum(maxInstances);
      const request = new sdk.UpdateFunctionMaxInstanceConfigRequest(urn).withBody(body);
      await send(() => client.updateFunctionMaxInstanceConfig(request));
    },

    /**
     * @param {string} urn
     * @param {AsyncInvocation} asyncInvocation
     */
    async setAsyncInvocation(urn, { maxRetries, maxAgeSeconds }) {
      const body = new sdk.UpdateFunctionAsyncInvokeConfigRequestBody();
      if (maxRetries !== undefined) body.withMaxAsyncRetryAttempts(maxRetries);
      if (maxAgeSeconds !== undefined) body.withMaxAsyncEventAgeInSeconds(maxAgeSeconds);
      const request = new sdk.UpdateFunctionAsyncInvokeConfigRequest(urn).withBody(body);
      await send(() => client.updateFunctionAsyncInvokeConfig(request));
    },

    /**
     * @param {string} urn
     * @returns {Promise<ExistingTrigger[]>}
     */
    async listTriggers(urn) {
      // the answer is the array itself, whatever the SDK's type says
      const answer = await send(() => client.listFunctionTriggers(new sdk.ListFunctionTriggersRequest(urn)));
      return toRecords(answer).map((trigger) => ({
        id: String(trigger['trigger_id']),
        type: String(trigger['trigger_type_code']),
        status: String(trigger['trigger_status']),
        eventData: isRecord(trigger['event_data']) ? trigger['event_data'] : {},
      }));
    },

    /**
     * @param {string} urn
     * @param {TriggerPlan} plan
     */
    async createTrigger(urn, { type, status, eventData }) {
      const body = new sdk.CreateFunctionTriggerRequestBody(type)
        .withTriggerStatus(status)
        .withEventData(Object.assign(new sdk.TriggerEventDataRequestBody(), eventData));
      await send(() => client.createFunctionTrigger(new sdk.CreateFunctionTriggerRequest(urn).withBody(body)));
    },

    /**
     * @param {string} urn
     * @param {ExistingTrigger} trigger
     * @param {TriggerStatus} status
     */
    async setTriggerStatus(urn, { type, id }, status) {
      const body = new sdk.UpdateTriggerRequestBody().withTriggerStatus(status);
      await send(() => client.updateTrigger(new sdk.UpdateTriggerRequest(urn, type, id).withBody(body)));
    },

    /**
     * @param {string} urn
     * @param {ExistingTrigger} trigger
     */
    async deleteTrigger(urn, { type, id }) {
      await unlessGone(send(() => client.deleteFunctionTrigger(new sdk.DeleteFunctionTriggerRequest(urn, type, id))));
    },

    /** @param {string} urn without a version: the whole function goes */
    async deleteFunction(urn) {
      await unlessGone(send(() => client.deleteFunction(new sdk.DeleteFunctionRequest(urn))));
    },
  };
}

/**
 * What CreateFunction and UpdateFunctionConfig have in common, by the names of the SDK's setters.
 *
 * @param {FunctionPlan} plan
 */
function toConfig({ agency, ltsLogs, ...plan }) {
  return {
    funcName: plan.name,
    runtime: plan.runtime,
    timeout: plan.timeoutSeconds,
    handler: plan.handler,
    memorySize: plan.memoryMB,
    userData: plan.userData,
    encryptedUserData: plan.encryptedUserData,
    description: plan.description,
    ...(agency === undefined ? {} : { appXrole: agency }),
    ...(ltsLogs === undefined ? {} : { enableLtsLog: ltsLogs }),
  };
}

/**
 * @param {Record<string, unknown>} fn
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

/**
 * @param {unknown} value
 * @returns {Record<string, unknown>[]}
 */
function toRecords(value) {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

/**
 * @param {() => Promise<unknown>} request
 * @returns {Promise<unknown>}
 * @throws {ApiError}
 */
async function send(request) {
  for (const delayMs of THROTTLED_DELAYS_MS) {
    try {
      return await request();
    } catch (error) {
      if (!(isRecord(error) && error['httpStatusCode'] === 429)) throw toApiError(error);
      await sleep(delayMs * (1 + Math.random() / 2));
    }
  }
  try {
    return await request();
  } catch (error) {
    throw toApiError(error);
  }
}

/** @param {Promise<unknown>} deletion */
async function unlessGone(deletion) {
  try {
    await deletion;
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

/** @param {unknown} error what the SDK threw: its own exception, or a bug of it on an answer that it cannot read */
function toApiError(error) {
  const { httpStatusCode, errorCode, errorMsg, requestId, message } = isRecord(error) ? error : {};
  const text = typeof errorMsg === 'string' && errorMsg !== '' ? errorMsg : message;
  return new ApiError({
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    code: typeof errorCode === 'string' ? errorCode : undefined,
    detail: String(text || 'no answer')
      .replace(/\p{Cc}+/gu, ' ')
      .slice(0, MAX_MESSAGE_CHARS),
    requestId: typeof requestId === 'string' ? requestId : undefined,
  });
}

module.exports = { ApiError, createApi };
