// @ts-check
'use strict';

const { ApiError } = require('./api/api-error.cjs');

/** A failure that the user can put right: shown without a stack trace. */
class UserError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   * @param {ErrorOptions} [options]
   */
  constructor(code, message, options) {
    super(message, options);
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
  return new UserError('FUNCTIONGRAPH_REQUEST', lines.join('\n'), { cause: error });
}

const API_IN_THE_WAY =
  'An API of this name or path is in the API group, perhaps left by a trigger that was deleted: take it offline and ' +
  'delete it in the console of API Gateway.';

/** @type {Readonly<Record<string, string>>} */
const ADVICE = {
  'APIGW.0101': 'Check HW_REGION_NAME and HW_PROJECT_ID: a project is of one region.',
  'FSS.1005':
    'Set custom.functiongraph.runtime to one that the region offers (the console lists them at "Create Function").',
  'FSS.1018':
    'The variables are too long. Some regions take 2,048 characters of names and values and not 4,096: shorten lists, or ' +
    'leave out variables that have their default value.',
  'FSS.1055': 'Create the application of custom.functiongraph.application first.',
  'FSS.1146': API_IN_THE_WAY,
  'FSS.1147': API_IN_THE_WAY,
  'FSS.1417':
    'If the gateway, its API group and the path are right, name the domain of the group in custom.functiongraph.gateway.subdomain.',
};

/** @param {{ readonly status: number | undefined, readonly code: string | undefined }} answer */
function adviceFor({ status, code }) {
  if (status === undefined) {
    return 'Check the network, HW_REGION_NAME (custom.functiongraph.region), HW_CLOUD and FUNCTIONGRAPH_ENDPOINT.';
  }
  if (status === 401) {
    return (
      "Check HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN and this machine's clock. " +
      'Five refusals in a row lock the key for 5 minutes.'
    );
  }
  const known = code === undefined ? undefined : ADVICE[code];
  if (known !== undefined) return known;
  if (status === 403) return 'The IAM user needs the permissions that docs/deploy-functiongraph.md names.';
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

/**
 * @param {unknown} error
 * @returns {boolean} whether all that follows would fail likewise. Five refusals in a row lock the key for 5 minutes.
 */
function isKeyRefused(error) {
  const cause = error instanceof UserError ? error.cause : error;
  return cause instanceof ApiError && cause.status === 401 && cause.code !== 'FSS.0401';
}

module.exports = { UserError, explain, isKeyRefused, withContext };
