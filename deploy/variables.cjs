// @ts-check
'use strict';

/**
 * Every variable of the functions: which of them read it, and how it gets there. serverless.yml, the check before a
 * deployment and the tables of docs/configuration.md keep to this list.
 *
 * @typedef {'http' | 'timer' | 'chat'} FunctionKey a function's name in serverless.yml
 *
 * @typedef {object} Variable
 * @property {string} name
 * @property {readonly FunctionKey[]} functions
 * @property {'environment' | 'secret' | 'parameter'} aws `secret`: a member of the secret; `parameter`: of serverless.yml
 * @property {'plain' | 'encrypted' | 'agency' | 'none'} functionGraph `agency`: the agency takes its place
 */

/** @type {readonly FunctionKey[]} */
const ALL = ['http', 'timer', 'chat'];
/** @satisfies {Pick<Variable, 'aws' | 'functionGraph'>} */
const PLAIN = { aws: 'environment', functionGraph: 'plain' };
/** @satisfies {Pick<Variable, 'aws' | 'functionGraph'>} */
const SECRET = { aws: 'secret', functionGraph: 'encrypted' };

/** @type {readonly (Omit<Variable, 'name'> & { readonly names: readonly string[] })[]} */
const GROUPS = [
  {
    names: ['HW_REGION_NAME', 'HW_PROJECT_NAME', 'HW_PROJECT_ID', 'HW_CLOUD', 'HW_AUTH_URL', 'SFS_TURBO_ENDPOINT'],
    functions: ALL,
    ...PLAIN,
  },
  { names: ['ALLOWED_SHARES', 'REQUEST_TIMEOUT_MS', 'MAX_ATTEMPTS', 'LOG_LEVEL'], functions: ALL, ...PLAIN },
  // long lists may stand in the secret, or be encrypted variables, which have room of their own
  { names: ['TARGETS', 'TARGETS_FILE'], functions: ALL, ...PLAIN },
  { names: ['ACCOUNTS'], functions: ALL, ...SECRET },
  {
    names: [
      ...['HW_DOMAIN_NAME', 'HW_USER_NAME', 'HW_USER_PASSWORD'],
      ...['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
    ],
    functions: ALL,
    aws: 'secret',
    functionGraph: 'agency',
  },
  { names: ['SECRETS_ID'], functions: ALL, aws: 'parameter', functionGraph: 'none' },
  { names: ['CALLER_KEYS', 'WEBHOOK_SECRETS'], functions: ['http'], ...SECRET },
  {
    // callers with the right may sweep now, and so may people in the chat
    names: [
      ...['SWEEP_SHARES', 'SWEEP_STATUSES', 'SWEEP_MIN_AGE', 'SWEEP_DOING_MIN_AGE', 'SWEEP_KEEP_LATEST'],
      ...['SWEEP_MAX_DELETES', 'SWEEP_RULES', 'SWEEP_CONCURRENCY', 'SWEEP_RATE', 'SWEEP_DRY_RUN'],
    ],
    functions: ALL,
    ...PLAIN,
  },
  {
    names: ['SLACK_ALLOWED', 'FEISHU_ALLOWED', 'FEISHU_APP_ID', 'FEISHU_BASE_URL'],
    functions: ['chat'],
    ...PLAIN,
  },
  { names: ['SWEEP_FAN_OUT', 'FUNCTIONGRAPH_ENDPOINT'], functions: ['timer'], ...PLAIN },
  // a caller key and a rule of the sweep may name shares by their aliases
  { names: ['SHARE_ALIASES'], functions: ALL, ...PLAIN },
  // whoever knows the URL of a report can post there
  { names: ['REPORT_TO'], functions: ['http', 'timer'], ...SECRET },
  { names: ['REPORT_ON'], functions: ['http', 'timer'], ...PLAIN },
  { names: ['CHAT_LANGUAGE'], functions: ALL, ...PLAIN },
  {
    names: [
      ...['SLACK_SIGNING_SECRETS', 'FEISHU_APP_SECRET', 'FEISHU_ENCRYPT_KEY', 'FEISHU_VERIFICATION_TOKEN'],
      'CONFIRM_SECRET',
    ],
    functions: ['chat'],
    ...SECRET,
  },
];

/** @type {readonly Variable[]} */
const VARIABLES = GROUPS.flatMap(({ names, ...group }) => names.map((name) => ({ name, ...group })));

/**
 * @param {FunctionKey} key
 * @param {(variable: Variable) => boolean} isWanted
 * @returns {Readonly<Record<string, string>>} for serverless.yml: each variable from the environment or a file `.env`, blank where it is not set
 */
function fromEnvironment(key, isWanted) {
  const wanted = VARIABLES.filter((variable) => variable.functions.includes(key) && isWanted(variable));
  return Object.fromEntries(wanted.map(({ name }) => [name, `\${env:${name}, ''}`]));
}

/** What serverless.yml reads: the environment of each function on AWS. */
const aws = Object.fromEntries(
  ALL.map((key) => [
    key,
    {
      SECRETS_ID: `\${file(./deploy/aws/secret-ids.cjs):${key}}`,
      ...fromEnvironment(key, (variable) => variable.aws === 'environment'),
    },
  ]),
);

/** What serverless.yml reads: the variables of each function on FunctionGraph. */
const functionGraph = Object.fromEntries(
  ALL.map((key) => [
    key,
    {
      userData: fromEnvironment(key, (variable) => variable.functionGraph === 'plain'),
      encryptedUserData: fromEnvironment(key, (variable) => variable.functionGraph === 'encrypted'),
    },
  ]),
);

module.exports = { VARIABLES, aws, functionGraph };
