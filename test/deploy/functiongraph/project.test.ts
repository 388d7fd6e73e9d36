import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import JSZip from 'jszip';
import { expect, onTestFinished, test } from 'vitest';
import { copyProject, serverless, startBundle } from '../../bundles/bundles.ts';
import { startCloud } from '../../cloud/cloud.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK, exampleVariables } from '../../support/examples.ts';
import { startFunctionGraphCloud } from './cloud/cloud.ts';

const DEPLOYER = {
  HW_ACCESS_KEY: 'AKEXAMPLE0000000000',
  HW_SECRET_KEY: 'SKexample0000000000000000000000000000000',
};

test('what is deployed to FunctionGraph from this project cancels a task there', async () => {
  const { folder, remove } = copyProject();
  onTestFinished(remove);
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const functionGraph = await startFunctionGraphCloud({
    region: 'cn-north-4',
    projectId: cloud.projectId,
    accessKey: DEPLOYER.HW_ACCESS_KEY,
    secretKey: DEPLOYER.HW_SECRET_KEY,
  });
  onTestFinished(() => functionGraph.close());
  // the endpoints of the embedded cloud stand in for the region's
  const { HW_AUTH_URL = '', SFS_TURBO_ENDPOINT = '' } = cloud.environment();
  cloud.addShare({ id: EXAMPLE_SHARE });
  cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK });

  await serverless(folder, ['functiongraph', 'deploy', '--stage', 'prod'], {
    ...DEPLOYER,
    ...exampleVariables,
    HW_PROJECT_ID: cloud.projectId,
    HW_AUTH_URL,
    SFS_TURBO_ENDPOINT,
    REQUEST_TIMEOUT_MS: '4000',
    MAX_ATTEMPTS: '2',
    FUNCTIONGRAPH_ENDPOINT: functionGraph.endpoint,
    APIG_INSTANCE_ID: 'gateway-1',
    APIG_GROUP_ID: 'group-1',
    HW_REGION_NAME: 'cn-north-4',
    SWEEP_SHARES: EXAMPLE_SHARE,
  });
  const deployed = [...functionGraph.state.functions.values()];
  const http = deployed.find(({ config }) => config['func_name'] === 'sfs-turbo-du-cleaner-prod-http');
  const zip = await JSZip.loadAsync(http?.code ?? '', { base64: true });
  const file = join(folder, 'deployed.js');
  writeFileSync(file, (await zip.file('http.js')?.async('text')) ?? '');

  const notices = await zip.file('http.notices.txt')?.async('text');
  const variables = {
    ...JSON.parse(String(http?.config['user_data'])),
    ...JSON.parse(String(http?.config['encrypted_user_data'])),
  };
  const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
  const bundle = startBundle(file);
  onTestFinished(() => bundle.stop());
  const { answer } = await bundle.invoke(JSON.parse(readFileSync('test/events/functiongraph-post.json', 'utf8')), {
    platform: 'functiongraph',
    userData: variables,
    projectId: cloud.projectId,
    securityAccessKey: accessKey,
    securitySecretKey: secretKey,
    securityToken,
  });

  expect(variables).toMatchObject({ HW_PROJECT_ID: cloud.projectId, REQUEST_TIMEOUT_MS: '4000', MAX_ATTEMPTS: '2' });
  expect(http?.config).toMatchObject({
    handler: 'http.handler',
    runtime: 'Node.js20.15',
    xrole: 'sfs-turbo-du-cleaner',
    app_xrole: 'sfs-turbo-du-cleaner',
    enable_lts_log: true,
  });
  expect(deployed.map(({ maxInstances }) => maxInstances)).toEqual([20, 10, 1]);
  const apis = [...functionGraph.state.apis.values()];
  expect(apis.map(({ method, path }) => `${method} ${path}`)).toContain('DELETE /v1');
  expect(apis.every(({ throttleId }) => throttleId !== undefined)).toBe(true);
  expect(notices).toMatch(/^undici [\d.]+ \(MIT\)$/m);
  expect(answer?.statusCode).toBe(202);
  expect(cloud.deletedTaskIds).toEqual([EXAMPLE_TASK]);
});
