import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import type { Cloud } from './cloud.ts';
import { type EstateTarget, startEstate } from './estate.ts';

// the ES modules of the SDK cannot be loaded by Node
const require = createRequire(import.meta.url);
const { BasicCredentials, GlobalCredentials } = require('@huaweicloud/huaweicloud-sdk-core');
const { ClientBuilder } = require('@huaweicloud/huaweicloud-sdk-core/ClientBuilder');
const { Logger4jInstance } = require('@huaweicloud/huaweicloud-sdk-core/logger/log4jLogger');

// it would print every refusal, with the whole request
Logger4jInstance.level = 'off';

interface Keys {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

interface Answer {
  readonly httpStatusCode: number;
  readonly count?: number;
  /** of STS v5 */
  readonly credentials?: Readonly<Record<'access_key_id' | 'secret_access_key' | 'security_token', string>>;
  /** of IAM v3 */
  readonly credential?: Readonly<Record<'access' | 'secret' | 'securitytoken', string>>;
}

/** One call by the official SDK; an error of it is thrown as it comes. */
function callBy(credentials: unknown, endpoint: string, method: string, url: string, data?: unknown): Promise<Answer> {
  const client = new ClientBuilder((inner: unknown) => inner)
    .withCredential(credentials)
    .withEndpoint(endpoint)
    .build();
  const parts = { queryParams: {}, pathParams: {}, headers: {}, ...(data === undefined ? {} : { data }) };
  return client.sendRequest({ method, url, contentType: 'application/json', ...parts });
}

function ofProject({ accessKey, secretKey, securityToken }: Keys, projectId: string) {
  return new BasicCredentials()
    .withAk(accessKey)
    .withSk(secretKey)
    .withSecurityToken(securityToken)
    .withProjectId(projectId);
}

function ofDomain({ accessKey, secretKey }: Keys, domainId: string) {
  return new GlobalCredentials().withAk(accessKey).withSk(secretKey).withDomainId(domainId);
}

const detailOf = ({ project }: EstateTarget) => `/v1/${project.id}/sfs-turbo/shares/detail`;

describe('the official SDK', () => {
  test('reaches every project of the account with one key, and none of another account', async () => {
    const { at, targets } = await startEstate();
    const key = at(0).account.user;

    const answers = await Promise.allSettled(
      targets.map((target) => callBy(ofProject(key, target.project.id), target.url, 'GET', detailOf(target))),
    );

    const counts = answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.count : 'refused'));
    expect(counts).toEqual([1, 1, 1, 1, 'refused', 'refused', 'refused', 'refused']);
  });

  test('is refused where its credentials are of another project than its path', async () => {
    const { at } = await startEstate();
    const [north, east] = [at(0), at(2)];

    const answer = callBy(ofProject(north.account.user, north.project.id), east.url, 'GET', detailOf(east));

    await expect(answer).rejects.toMatchObject({ httpStatusCode: 403, errorCode: 'APIGW.0302' });
  });

  test('assumes an agency by STS and by IAM, and reaches its project with the keys', async () => {
    const { at, cloud } = await startEstate();
    const [{ account: one }, target] = [at(0), at(5)];
    const agency = target.account.addAgency({ trusts: one, externalId: 'ticket-1' });
    const credentials = ofDomain(one.user, one.domainId);

    const byV5 = await callBy(credentials, cloud.stsUrl, 'POST', '/v5/agencies/assume', {
      agency_urn: agency.urn,
      agency_session_name: 'du-cleaner',
      external_id: 'ticket-1',
    });
    const byV3 = await assumeByV3(cloud, credentials, agency);
    const answers = await Promise.all(
      [byV5, byV3]
        .map(keysOf)
        .map((keys) => callBy(ofProject(keys, target.project.id), target.url, 'GET', detailOf(target))),
    );

    expect(answers.map(({ count, httpStatusCode }) => [httpStatusCode, count])).toEqual([
      [200, 1],
      [200, 1],
    ]);
    expect(cloud.requests.at(-1)?.caller).toBe(`two/agency:${agency.name}`);
  });

  test('finds shares by their tags', async () => {
    const { at } = await startEstate();
    const target = at(3);
    const id = target.project.addShare({ tags: { 'du-cleaner': 'on' } });
    const url = `/v1/${target.project.id}/sfs-turbo/resource_instances/action`;
    const tags = [{ key: 'du-cleaner', values: ['on'] }];

    const credentials = ofProject(target.account.user, target.project.id);
    const answer = await callBy(credentials, target.url, 'POST', url, { action: 'filter', limit: '10', tags });

    expect(answer).toMatchObject({ total_count: 1, resources: [{ resource_id: id }] });
  });
});

function assumeByV3(cloud: Cloud, credentials: unknown, { domainName, name }: Record<'domainName' | 'name', string>) {
  const role = { agency_name: name, domain_name: domainName, duration_seconds: 900 };
  const body = { auth: { identity: { methods: ['assume_role'], assume_role: role } } };
  const { origin } = new URL(cloud.iamUrl);
  return callBy(credentials, origin, 'POST', '/v3.0/OS-CREDENTIAL/securitytokens', body);
}

function keysOf({ credential, credentials }: Answer): Keys {
  const accessKey = credentials?.access_key_id ?? credential?.access ?? '';
  const secretKey = credentials?.secret_access_key ?? credential?.secret ?? '';
  return { accessKey, secretKey, securityToken: credentials?.security_token ?? credential?.securitytoken ?? '' };
}
