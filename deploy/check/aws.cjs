// @ts-check
'use strict';

const { VARIABLES } = require('../variables.cjs');
const { faultLines, idleLines, lookupIn } = require('./faults.cjs');
const { readSecret } = require('./secret.cjs');
const { findStrays } = require('./strays.cjs');

/**
 * @import { AwsProvider, Serverless } from '../functiongraph/framework.cjs'
 * @import { Checked } from './faults.cjs'
 * @import { Lookup } from './readers.cjs'
 * @import { Secret } from './secret.cjs'
 *
 * @typedef {object} AwsFunction
 * @property {string} key
 * @property {string} handler
 * @property {Lookup} environment
 * @property {string | undefined} secretId
 *
 * @typedef {{ readonly faults: readonly string[], readonly warnings: readonly string[] }} Findings lines for people
 */

/**
 * Checks the variables that the functions would get on AWS.
 *
 * @param {Serverless['service']} service
 * @param {NodeJS.ProcessEnv} env where the deployment runs
 * @param {AwsProvider | undefined} provider reads the secrets; without it they are taken to hold what only they can
 * @param {string | undefined} [only] the one function that is looked at
 * @returns {Promise<Findings>}
 */
async function checkForAws(service, env, provider, only) {
  const functions = toFunctions(service).filter(({ key }) => only === undefined || key === only);
  const secretIds = [...new Set(functions.flatMap(({ secretId }) => secretId ?? []))];
  /** @type {Map<string, Secret>} */
  const secrets = new Map();
  for (const id of secretIds) {
    secrets.set(id, provider === undefined ? { unread: 'no need' } : await readSecret(provider, id));
  }

  const checked = functions.map((fn) => toChecked(fn, secrets.get(fn.secretId ?? '')));
  return {
    faults: [
      ...[...secrets.values()].flatMap((secret) => ('fault' in secret ? [secret.fault] : [])),
      ...faultLines(checked),
    ],
    warnings: [
      ...(provider === undefined ? [] : unreadLines(secrets)),
      ...idleLines(checked),
      ...strayLines(toFunctions(service), env),
    ],
  };
}

/**
 * @param {Serverless['service']} service
 * @returns {AwsFunction[]}
 */
function toFunctions({ functions, provider }) {
  return Object.entries(functions).map(([key, { handler, environment }]) => {
    const lookup = lookupIn({ ...provider.environment, ...environment });
    return { key, handler, environment: lookup, secretId: lookup('SECRETS_ID') };
  });
}

/**
 * @param {AwsFunction} fn
 * @param {Secret | undefined} secret
 * @returns {Checked}
 */
function toChecked({ key, handler, environment, secretId }, secret) {
  const inSecret = secret !== undefined && 'values' in secret ? secret.values : () => undefined;
  const isWhole = secret === undefined || 'values' in secret;
  const secretName = secretId === undefined ? 'a secret (SECRETS_ID)' : `the secret ${secretId}`;
  return {
    key,
    handler,
    // the environment goes before the secret, as it does in the function
    lookup: (name) => environment(name) ?? inSecret(name),
    // the credentials may be in a secret that was not read
    hasAgency: !isWhole,
    isWhole,
    sourceOf(name) {
      const isInSecret = inSecret(name) !== undefined || isSecret(name);
      return environment(name) === undefined && isInSecret ? secretName : 'the environment or .env';
    },
  };
}

/** @param {string} name */
function isSecret(name) {
  return VARIABLES.some((variable) => variable.name === name && variable.aws === 'secret');
}

/**
 * @param {ReadonlyMap<string, Secret>} secrets
 * @returns {string[]}
 */
function unreadLines(secrets) {
  return [...secrets].flatMap(([id, secret]) =>
    'unread' in secret
      ? [`The secret ${id} cannot be read from here (${secret.unread}), so what is in it was not checked.`]
      : [],
  );
}

/**
 * @param {readonly AwsFunction[]} functions
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]}
 */
function strayLines(functions, env) {
  // a variable of the environment that no function has was not set when the service was packaged
  const isUsed = (/** @type {string} */ name) =>
    !isSecret(name) || functions.some(({ environment }) => environment(name) !== undefined);
  const { unused, misspelt } = findStrays(env, isUsed);
  const placed = unused.map((name) => ({ name, place: placeOf(name, functions) }));
  const places = [...new Set(placed.map(({ place }) => place))];
  const lines = places.map((place) => {
    const names = placed.filter((stray) => stray.place === place).map(({ name }) => name);
    return `Set here, but on AWS no function gets them from here: ${names.join(', ')}. They go into ${place}.`;
  });
  return [...lines, ...misspelt];
}

/**
 * @param {string} name
 * @param {readonly AwsFunction[]} functions
 * @returns {string} the secrets of the functions that read the variable
 */
function placeOf(name, functions) {
  const readers = VARIABLES.filter((variable) => variable.name === name).flatMap((variable) => variable.functions);
  const ids = functions.flatMap(({ key, secretId }) =>
    readers.some((reader) => reader === key) ? (secretId ?? []) : [],
  );
  return ids.length === 0 ? 'a secret (SECRETS_ID)' : `the secret ${[...new Set(ids)].join(', ')}`;
}

module.exports = { checkForAws };
