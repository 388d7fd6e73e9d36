// @ts-check
'use strict';

const { UserError } = require('./report.cjs');

/**
 * Where, as whom and with which settings a command works.
 *
 * @typedef {import('./plan.cjs').Settings} Settings
 * @typedef {import('./plan.cjs').ServiceFunction} ServiceFunction
 * @typedef {import('./plugin.cjs').Serverless} Serverless
 *
 * @typedef {object} ServiceSettings
 * @property {Settings | undefined} settings
 * @property {Record<string, ServiceFunction>} functions
 *
 * @typedef {object} Target where and as whom this command works
 * @property {string} name
 * @property {string} stage
 * @property {Settings} settings
 * @property {Record<string, ServiceFunction>} functions
 * @property {string} endpoint
 * @property {import('./api.cjs').Credentials} credentials
 */

/**
 * Takes the settings out of the service and leaves asterisks in place of the secrets: packaging writes the whole
 * service to .serverless/serverless-state.json, and a deployment to AWS uploads that file.
 *
 * @param {Serverless['service']} service
 * @returns {ServiceSettings}
 */
function takeSettings(service) {
  const functions = Object.entries(service.functions).map(([key, { handler, functiongraph }]) => [
    key,
    { handler, functiongraph: structuredClone(functiongraph) },
  ]);
  const taken = {
    settings: structuredClone(service.custom?.functiongraph),
    functions: Object.fromEntries(functions),
  };
  const owners = [service.custom, ...Object.values(service.functions)].map((owner) => owner?.functiongraph);
  for (const { encryptedUserData } of owners.filter((owner) => owner !== undefined)) {
    for (const name of Object.keys(encryptedUserData ?? {})) Object.assign(encryptedUserData ?? {}, { [name]: '***' });
  }
  return taken;
}

/**
 * @param {Serverless} serverless
 * @param {ServiceSettings} taken
 * @param {NodeJS.ProcessEnv} env
 * @returns {Target}
 * @throws {UserError} naming every variable that is missing or wrong
 */
function readTarget(serverless, { settings, functions }, env) {
  if (settings === undefined) throw new UserError('FUNCTIONGRAPH_SETTINGS', 'custom.functiongraph is missing.');

  const accessKey = env['HW_ACCESS_KEY']?.trim() ?? '';
  const secretKey = env['HW_SECRET_KEY']?.trim() ?? '';
  const projectId = env['HW_PROJECT_ID']?.trim() ?? '';
  const missing = Object.entries({ HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_PROJECT_ID: projectId })
    .filter(([, value]) => value === '')
    .map(([variable]) => variable);
  if (missing.length > 0) {
    throw new UserError(
      'FUNCTIONGRAPH_VARIABLES',
      `Missing in the environment: ${missing.join(', ')}. The access key (HW_ACCESS_KEY, HW_SECRET_KEY, and ` +
        'HW_SECURITY_TOKEN for a temporary one) and the project id of the region are shown in the console under ' +
        'My Credentials.',
    );
  }
  if (!/^[A-Za-z0-9]{1,64}$/.test(projectId)) {
    throw new UserError('FUNCTIONGRAPH_VARIABLES', 'HW_PROJECT_ID is not a project id (32 hexadecimal digits).');
  }

  const standard = `https://functiongraph.${settings.region}.${settings.cloud ?? 'myhuaweicloud.com'}`;
  return {
    name: serverless.service.service,
    stage: serverless.getProvider('aws').getStage(),
    settings,
    functions,
    endpoint: readEndpoint(env['FUNCTIONGRAPH_ENDPOINT']?.trim() || standard),
    credentials: { accessKey, secretKey, securityToken: env['HW_SECURITY_TOKEN']?.trim() || undefined, projectId },
  };
}

/**
 * @param {string} text
 * @throws {UserError} unless it is an https: URL, or an http: one of this machine
 */
function readEndpoint(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url.origin;
  throw new UserError('FUNCTIONGRAPH_VARIABLES', 'FUNCTIONGRAPH_ENDPOINT must be an https: URL.');
}

/**
 * @param {Target} target
 * @returns {string[]}
 */
function secretsOf({ credentials, settings, functions }) {
  const variables = [settings, ...Object.values(functions).map(({ functiongraph }) => functiongraph)];
  return [
    credentials.secretKey,
    credentials.securityToken ?? '',
    ...variables.flatMap((owner) => Object.values(owner?.encryptedUserData ?? {}).map(String)),
  ].filter((secret) => secret.length >= 4); // a shorter one would blot out half of the message
}

module.exports = { readTarget, secretsOf, takeSettings };
