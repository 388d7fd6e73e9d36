// @ts-check
'use strict';

const { UserError } = require('./failure.cjs');

/**
 * @import { Serverless } from './framework.cjs'
 * @import { TakenSettings } from './secrets.cjs'
 * @import { ServiceSettings } from './settings/service.cjs'
 *
 * @typedef {object} Credentials
 * @property {string} accessKey
 * @property {string} secretKey
 * @property {string | undefined} securityToken
 * @property {string} projectId
 *
 * @typedef {object} Target where, as whom and with which settings a command works
 * @property {string} name of the service
 * @property {string} stage
 * @property {ServiceSettings} settings
 * @property {TakenSettings['functions']} functions
 * @property {string} endpoint of FunctionGraph
 * @property {string} gatewayEndpoint of API Gateway
 * @property {Credentials} credentials
 */

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * @param {Serverless} serverless
 * @param {TakenSettings} taken
 * @param {NodeJS.ProcessEnv} env
 * @returns {Target}
 * @throws {UserError} naming every variable that is missing or wrong
 */
function readTarget(serverless, { settings, functions }, env) {
  if (settings === undefined) throw new UserError('FUNCTIONGRAPH_SETTINGS', 'custom.functiongraph is missing.');
  const standardEndpoint = `https://functiongraph.${settings.region}.${cloudOf(settings)}`;
  const endpoint = readEndpoint(env['FUNCTIONGRAPH_ENDPOINT']?.trim() || standardEndpoint);
  return {
    name: serverless.service.service,
    stage: serverless.getProvider('aws').getStage(),
    settings,
    functions,
    credentials: readCredentials(env),
    endpoint,
    // the endpoints of a region differ in their first label; on loopback one server stands in for both
    gatewayEndpoint: endpoint.replace('//functiongraph.', '//apig.'),
  };
}

/**
 * The rule of the function itself (lib/config/service.ts): in the default cloud, `eu-*` regions have a domain of their own.
 *
 * @param {ServiceSettings} settings
 * @returns {string}
 */
function cloudOf({ region, cloud = 'myhuaweicloud.com' }) {
  return region.startsWith('eu-') && cloud === 'myhuaweicloud.com' ? 'myhuaweicloud.eu' : cloud;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Credentials}
 * @throws {UserError}
 */
function readCredentials(env) {
  const accessKey = env['HW_ACCESS_KEY']?.trim() ?? '';
  const secretKey = env['HW_SECRET_KEY']?.trim() ?? '';
  const projectId = env['HW_PROJECT_ID']?.trim() ?? '';
  const missing = Object.entries({ HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_PROJECT_ID: projectId })
    .filter(([, value]) => value === '')
    .map(([variable]) => variable);
  if (missing.length > 0) {
    throw new UserError(
      'FUNCTIONGRAPH_VARIABLES',
      `Missing in the environment: ${missing.join(', ')}. The console shows the access key (HW_ACCESS_KEY, ` +
        'HW_SECRET_KEY, and HW_SECURITY_TOKEN for a temporary one) and the project id of the region under My Credentials.',
    );
  }
  if (!/^[A-Za-z0-9]{1,64}$/.test(projectId)) {
    throw new UserError('FUNCTIONGRAPH_VARIABLES', 'HW_PROJECT_ID is not a project id (32 hexadecimal digits).');
  }
  return { accessKey, secretKey, securityToken: env['HW_SECURITY_TOKEN']?.trim() || undefined, projectId };
}

/**
 * @param {string} text
 * @returns {string} origin
 * @throws {UserError} unless it is an https: URL, or an http: one of this machine
 */
function readEndpoint(text) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isLoopback = url !== undefined && LOOPBACK_HOSTS.includes(url.hostname);
  if (url?.protocol === 'https:' || (url?.protocol === 'http:' && isLoopback)) return url.origin;
  throw new UserError('FUNCTIONGRAPH_VARIABLES', 'FUNCTIONGRAPH_ENDPOINT must be an https: URL.');
}

/**
 * @param {Target} target
 * @returns {string[]}
 */
function secretsOf({ credentials, settings, functions }) {
  const owners = [settings, ...Object.values(functions).map(({ functiongraph }) => functiongraph)];
  return [
    credentials.secretKey,
    credentials.securityToken ?? '',
    ...owners.flatMap((owner) => Object.values(owner?.encryptedUserData ?? {}).map(String)),
  ];
}

module.exports = { readTarget, secretsOf };
