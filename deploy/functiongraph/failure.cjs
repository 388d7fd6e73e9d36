// @ts-check
'use strict';

const { ApiError } = require('./api/api-error.cjs');

/** A failure that the user can put right: shown without a stack trace. */
class UserError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'UserError';
    this.code = code;
  }
}

/**
 * @param {string} step what was being done
 * @param {unknown} error
 * @returns {unknown} a failed request as a message for people; anything else as it is
 */
function explain(step, error) {
  if (!(error instanceof ApiError)) return error;
  const { status, code, requestId, message } = error;
  const answer = [
    status === undefined ? 'no answer from FunctionGraph' : `HTTP ${status}`,
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ].join(', ');
  const advice = adviceFor(error);
  const lines = [
    `${step}: failed.`,
    `  ${code === undefined ? '' : `${code} `}${message} (${answer})`,
    ...(advice === undefined ? [] : [`  ${advice}`]),
  ];
  return new UserError('FUNCTIONGRAPH_REQUEST', lines.join('\n'));
}

/** @param {{ readonly status: number | undefined, readonly code: string | undefined }} answer */
function adviceFor({ status, code }) {
  if (status === undefined) return 'Check the network, custom.functiongraph.region and FUNCTIONGRAPH_ENDPOINT.';
  if (status === 401) {
    return (
      "Check HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN and this machine's clock. " +
      'Five refusals in a row lock the key for 5 minutes.'
    );
  }
  if (code === 'FSS.1055') return 'Create the application of custom.functiongraph.application first.';
  if (status === 403) return 'The IAM user needs the permissions that the README names.';
  if (status === 429) return 'FunctionGraph is throttling this account: wait a minute.';
  return undefined;
}

/**
 * @param {unknown} error
 * @param {readonly string[]} lines
 * @returns {unknown} a UserError with the lines at its end; anything else as it is, since it is a bug
 */
function withContext(error, lines) {
  return error instanceof UserError ? new UserError(error.code, [error.message, ...lines].join('\n')) : error;
}

module.exports = { UserError, explain, withContext };
