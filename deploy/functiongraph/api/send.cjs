// @ts-check
'use strict';

const { setTimeout: sleep } = require('node:timers/promises');
const { ApiError, toApiError } = require('./api-error.cjs');

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
 * Deletes. What does not exist counts as deleted.
 *
 * @param {() => Promise<unknown>} request
 */
async function sendDelete(request) {
  try {
    await send(request);
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error;
  }
}

module.exports = { send, sendDelete };
