import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { readService } from '../../../lib/config/service.ts';

interface Target {
  readonly endpoint: string;
  readonly gatewayEndpoint: string;
}
const { readTarget } = createRequire(import.meta.url)('../../../deploy/functiongraph/target.cjs') as {
  readTarget: (serverless: object, taken: object, env: Readonly<Record<string, string>>) => Target;
};

const CREDENTIALS = { HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK', HW_PROJECT_ID: 'p1' };

function targetOf(settings: { region: string; cloud?: string }, env: Readonly<Record<string, string>> = {}): Target {
  const serverless = { service: { service: 'du' }, getProvider: () => ({ getStage: () => 'test' }) };
  return readTarget(serverless, { settings, functions: {} }, { ...CREDENTIALS, ...env });
}

/** Where the function itself looks for SFS Turbo. */
function functionsCloud(region: string, cloud = ''): string | undefined {
  const variables: Readonly<Record<string, string>> = { HW_REGION_NAME: region, HW_CLOUD: cloud, ALLOWED_SHARES: '*' };
  const section = readService((name) => variables[name]);
  return 'settings' in section ? section.settings.sfsTurboUrl.replace('https://sfs-turbo.', '') : undefined;
}

test.each([
  { region: 'cn-north-4', host: 'cn-north-4.myhuaweicloud.com' },
  { region: 'cn-north-4', cloud: '', host: 'cn-north-4.myhuaweicloud.com' },
  { region: 'eu-west-101', host: 'eu-west-101.myhuaweicloud.eu' },
  {
    region: 'eu-west-0',
    cloud: 'prod-cloud-ocb.orange-business.com',
    host: 'eu-west-0.prod-cloud-ocb.orange-business.com',
  },
])('of $region the deployment and the function use the same cloud, $host', ({ host, ...settings }) => {
  const target = targetOf(settings);

  expect(target).toMatchObject({
    endpoint: `https://functiongraph.${host}`,
    gatewayEndpoint: `https://apig.${host}`,
  });
  expect(functionsCloud(settings.region, settings.cloud)).toBe(host);
});

test('the gateway of an endpoint that is given is in the same region', () => {
  const target = targetOf({ region: 'eu-de' }, { FUNCTIONGRAPH_ENDPOINT: 'https://functiongraph.eu-de.example.com' });

  expect(target.gatewayEndpoint).toBe('https://apig.eu-de.example.com');
});
