// @ts-check
'use strict';

const { isRecord } = require('../json.cjs');
const { lookupIn } = require('./faults.cjs');

/**
 * @import { AwsProvider } from '../functiongraph/framework.cjs'
 * @import { Lookup } from './readers.cjs'
 *
 * @typedef {{ readonly values: Lookup } | { readonly unread: string } | { readonly fault: string }} Secret
 *   `unread`: why it could not be read, which does not mean that the function could not
 */

/**
 * Reads the secret with the deploying user's own credentials.
 *
 * @param {AwsProvider} provider
 * @param {string} secretId
 * @returns {Promise<Secret>}
 */
async function readSecret(provider, secretId) {
  // loaded only here: packaging needs no AWS
  const { SecretsManager } = require('@aws-sdk/client-secrets-manager');
  try {
    const client = new SecretsManager(await provider.getAwsSdkV3Config());
    const { SecretString: text = '' } = await client.getSecretValue({ SecretId: secretId });
    return parseSecret(text, secretId);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error.name === 'ResourceNotFoundException') {
      return { fault: `the secret ${secretId} (SECRETS_ID) does not exist in ${provider.getRegion()}` };
    }
    // a failed connection has a code in place of a telling name
    return { unread: 'code' in error ? String(error.code) : error.name };
  }
}

/**
 * @param {string} text
 * @param {string} secretId
 * @returns {Secret}
 */
function parseSecret(text, secretId) {
  const fault = `the secret ${secretId} (SECRETS_ID) is not a JSON object`;
  try {
    const value = JSON.parse(text);
    return isRecord(value) ? { values: lookupIn(onlyTexts(value)) } : { fault };
  } catch {
    return { fault };
  }
}

/**
 * The function takes nothing else from the secret.
 *
 * @param {Readonly<Record<string, unknown>>} members
 */
function onlyTexts(members) {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => typeof value === 'string'));
}

module.exports = { readSecret };
