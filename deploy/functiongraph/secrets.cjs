// @ts-check
'use strict';

/**
 * Keeps secrets out of files and messages.
 *
 * @import { FunctionSettings } from './settings/function.cjs'
 * @import { ServiceSettings } from './settings/service.cjs'
 * @import { Service } from './framework.cjs'
 *
 * @typedef {object} TakenSettings
 * @property {ServiceSettings | undefined} settings `custom.functiongraph`
 * @property {Readonly<Record<string, { handler: string, functiongraph: FunctionSettings | undefined }>>} functions
 */

// a shorter one would make half of a message unreadable
const MIN_REDACTED_CHARS = 4;

/**
 * Takes the settings out of the service, and leaves asterisks in it in place of secrets: packaging writes the whole
 * service to .serverless/serverless-state.json, and a deployment to AWS uploads that file.
 *
 * @param {Service} service
 * @returns {TakenSettings}
 */
function takeSettings(service) {
  const functions = Object.entries(service.functions).map(([key, { handler, functiongraph }]) => [
    key,
    { handler, functiongraph: structuredClone(functiongraph) },
  ]);
  const taken = { settings: structuredClone(service.custom?.functiongraph), functions: Object.fromEntries(functions) };

  for (const owner of [service.custom, ...Object.values(service.functions)]) {
    const secrets = owner?.functiongraph?.encryptedUserData ?? {};
    Object.assign(secrets, Object.fromEntries(Object.keys(secrets).map((name) => [name, '***'])));
  }
  return taken;
}

/**
 * @param {string} text
 * @param {readonly string[]} secrets
 */
function redact(text, secrets) {
  return secrets
    .filter((secret) => secret.length >= MIN_REDACTED_CHARS)
    .reduce((result, secret) => result.replaceAll(secret, '***'), text);
}

module.exports = { redact, takeSettings };
