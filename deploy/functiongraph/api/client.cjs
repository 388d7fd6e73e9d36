// @ts-check
'use strict';

const { BasicCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const { Logger4jInstance } = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger');
const { FunctionGraphClient } = require('@huaweicloud/huaweicloud-sdk-functiongraph');

// the SDK prints every failed request whole, with its Authorization header, security token and body
Logger4jInstance.level = 'off';

/**
 * @import { Credentials } from '../target.cjs'
 *
 * @typedef {FunctionGraphClient} Client
 */

const REQUEST_TIMEOUT_MS = 120_000; // enough for 50 MB of code over a slow line

/**
 * The official SDK's client.
 *
 * @param {string} endpoint
 * @param {Credentials} credentials
 * @returns {Client}
 */
function createClient(endpoint, { accessKey, secretKey, securityToken, projectId }) {
  const credential = new BasicCredentials().withAk(accessKey).withSk(secretKey).withProjectId(projectId);
  if (securityToken !== undefined) credential.withSecurityToken(securityToken);
  return FunctionGraphClient.newBuilder()
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
