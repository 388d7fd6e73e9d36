// @ts-check
'use strict';

const { fieldsOf } = require('../../json.cjs');

const MAX_MESSAGE_CHARS = 600;

/** A request that FunctionGraph refused, or that has had no answer. */
class ApiError extends Error {
  /**
   * @param {string} message
   * @param {{ status: number | undefined, code: string | undefined, requestId: string | undefined }} answer
   */
  constructor(message, { status, code, requestId }) {
    super(message);
    this.name = 'ApiError';
    this.status = status;
    this.code = code;
    this.requestId = requestId;
  }
}

/**
 * @param {unknown} error what the SDK threw: its own exception, or a bug of it on an answer that it cannot read
 * @returns {ApiError}
 */
function toApiError(error) {
  const { httpStatusCode, errorCode, errorMsg, requestId, message } = fieldsOf(error);
  const text = String(errorMsg || message || 'no answer');
  return new ApiError(text.replace(/\p{Cc}+/gu, ' ').slice(0, MAX_MESSAGE_CHARS), {
    status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined,
    code: typeof errorCode === 'string' ? errorCode : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
  });
}

module.exports = { ApiError, toApiError };
