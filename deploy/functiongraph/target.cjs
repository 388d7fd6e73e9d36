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
 * @property {readonly string[]} faults what is missing or wrong of all this: with any, no request can be sent
 */

/** What the deployment itself reads of the environment. */
const DEPLOYER_VARIABLES = [
  ...['HW_REGION_NAME', 'HW_CLOUD', 'HW_PROJECT_ID'],
  ...['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
  'FUNCTIONGRAPH_ENDPOINT',
];

const LOOPBACK_HOSTS = ['127.0.0.1', 'localhost', '[::1]'];

/**
 * @param {Serverless} serverless
 * @param {TakenSettings} taken
 * @param {NodeJS.ProcessEnv} env
 * @returns {Target}
 * @throws {UserError} when there are no settings
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
    faults: faultsOfDeployer(settings, env),
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
function cloudOf({ region, cloud }) {
  const named = cloud || 'myhuaweicloud.com';
  return region.startsWith('eu-') && named === 'myhuaweicloud.com' ? 'myhuaweicloud.eu' : named;
}

/**
 * @param {NodeJS.ProcessEnv} env
 * @returns {Credentials} blank where they are not set
 */
function readCredentials(env) {
  return {
    accessKey: env['HW_ACCESS_KEY']?.trim() ?? '',
    secretKey: env['HW_SECRET_KEY']?.trim() ?? '',
    securityToken: env['HW_SECURITY_TOKEN']?.trim() || undefined,
    projectId: env['HW_PROJECT_ID']?.trim() ?? '',
  };
}

/**
 * @param {ServiceSettings} settings
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} every variable that is missing or wrong
 */
function faultsOfDeployer({ region }, env) {
  const { accessKey, secretKey, projectId } = readCredentials(env);
  const needed = {
    HW_REGION_NAME: region,
    HW_ACCESS_KEY: accessKey,
    HW_SECRET_KEY: secretKey,
    HW_PROJECT_ID: projectId,
  };
  const missing = Object.entries(needed).flatMap(([name, value]) => (value === '' ? [name] : []));
  const lines = missing.length === 0 ? [] : [`Missing in the environment: ${missing.join(', ')}. ${WHERE_THEY_ARE}`];
  if (projectId === '' || /^[A-Za-z0-9]{1,64}$/.test(projectId)) return lines;
  return [...lines, 'HW_PROJECT_ID is not a project id (32 hexadecimal digits).'];
}

const WHERE_THEY_ARE =
  'The console shows the access key (HW_ACCESS_KEY, HW_SECRET_KEY, and HW_SECURITY_TOKEN for a temporary one), the ' +
  'regions and the project id of each under My Credentials.';

/**
 * @param {Target} target
 * @throws {UserError} naming every variable that is missing or wrong
 */
function assertReachable({ faults }) {
  if (faults.length > 0) throw new UserError('FUNCTIONGRAPH_VARIABLES', faults.join('\n'));
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

module.exports = { DEPLOYER_VARIABLES, assertReachable, readTarget, secretsOf };
