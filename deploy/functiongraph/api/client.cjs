// @ts-check
'use strict';

const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
const { Logger4jInstance } = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger');
const { FunctionGraphClient } = require('@huaweicloud/huaweicloud-sdk-functiongraph');

// the SDK prints every failed request whole, with its Authorization header, security token and body
Logger4jInstance.level = 'off';

/**
 * @import { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient'
 * @import { Gateway } from '../settings/service.cjs'
 * @import { Credentials, Target } from '../target.cjs'
 *
 * @typedef {object} Client
 * @property {FunctionGraphClient} functionGraph
 * @property {HcClient} functionGraphHttp for what the SDK has no method of
 * @property {HcClient} gatewayHttp API Gateway, of which no SDK is installed
 * @property {Gateway | undefined} gateway
 */

const REQUEST_TIMEOUT_MS = 120_000; // enough for 50 MB of code over a slow line

/**
 * The official SDK's clients.
 *
 * @param {Target} target
 * @returns {Client}
 */
function createClient({ endpoint, gatewayEndpoint, credentials, settings }) {
  const http = () => new ClientBuilder((/** @type {HcClient} */ client) => client);
  return {
    functionGraph: configure(FunctionGraphClient.newBuilder(), endpoint, credentials),
    functionGraphHttp: configure(http(), endpoint, credentials),
    gatewayHttp: configure(http(), gatewayEndpoint, credentials),
    gateway: settings.gateway,
  };
}

/**
 * @template Built
 * @param {ClientBuilder<Built>} builder
 * @param {string} endpoint
 * @param {Credentials} credentials
 * @returns {Built}
 */
function configure(builder, endpoint, { accessKey, secretKey, securityToken, projectId }) {
  const credential = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
  if (securityToken !== undefined) credential.withSecurityToken(securityToken);
  return builder
    .withCredential(credential)
    .withEndpoint(endpoint)
    .withOptions({
      // without a name the SDK makes up an id, keeps it in the home directory and sends it with each request
      customUserAgent: 'serverless-functiongraph',
      // a redirect would carry the signature to another host
      axiosRequestConfig: { timeout: REQUEST_TIMEOUT_MS, maxRedirects: 0 },
    })
    .build();
}

module.exports = { createClient };
