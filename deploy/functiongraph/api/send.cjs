// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { ApiError, toApiError } = require('./api-error.cjs');

/**
 * @import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient'
 *
 * @typedef {object} PlainRequest a request that the SDK has no method of
 * @property {'GET' | 'POST' | 'PUT' | 'DELETE'} method
 * @property {string} path without its beginning `/v2/<project>`
 * @property {Readonly<Record<string, string | number>>} [query]
 * @property {Record<string, unknown>} [body]
 */

// A throttled request (FSS.0429, APIGW.0308) was not carried out, so any request may be sent again after it.
const THROTTLED_DELAYS_MS = [500, 1000, 2000];

/**
 * @param {() => Promise<unknown>} request sends through the SDK, each time that it is called
 * @returns {Promise<unknown>} the answer
 * @throws {ApiError}
 */
async function send(request, delaysMs = THROTTLED_DELAYS_MS) {
  try {
    return await request();
  } catch (error) {
    const failure = toApiError(error);
    const [delayMs, ...laterMs] = delaysMs;
    if (failure.status !== 429 || delayMs === undefined) throw failure;
    await sleep(delayMs * (1 + Math.random() / 2));
    return send(request, laterMs);
  }
}

/**
 * @param {HcClient} http
 * @param {PlainRequest} request
 * @returns {Promise<unknown>} the answer
 * @throws {ApiError}
 */
function sendPlain(http, { method, path, query = {}, body }) {
  return send(() =>
    http.sendRequest({
      method,
      url: `/v2/{project_id}${path}`,
      contentType: 'application/json',
      queryParams: { ...query },
      pathParams: {},
      headers: {},
      ...(body === undefined ? {} : { data: body }),
    }),
  );
}

/**
 * Deletes. What does not exist counts as deleted, in each of the forms in which FunctionGraph says so: 404 and 410, and
 * also 401 FSS.0401 and 500 FSS.0500, which may mean something else as well. After these two it is asked.
 *
 * @param {() => Promise<unknown>} request
 * @param {() => Promise<boolean>} exists whether what was to be deleted is still there
 * @throws {ApiError}
 * @see {@link https://github.com/huaweicloud/terraform-provider-huaweicloud} its deletion of a trigger takes the same
 */
async function sendDelete(request, exists) {
  try {
    await send(request);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404 || error.status === 410) return;
    if (error.code !== 'FSS.0401' && error.code !== 'FSS.0500') throw error;
    if (await exists()) throw error;
  }
}

module.exports = { send, sendDelete, sendPlain };
