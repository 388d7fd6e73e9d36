import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCloud } from '../cloud/cloud.ts';
import { run, tool } from './account.ts';

test("Huawei's own SDKs find in the embedded cloud what they know, and are refused in words that they know", async () => {
  const cloud = await startCloud();
  onTestFinished(() => cloud.close());
  const east = await cloud.addRegion('cn-east-3');
  const [one, two] = [cloud.addAccount('one'), cloud.addAccount('two')];
  const [ours, theirs] = [one.addProject('cn-north-4'), two.addProject('cn-east-3')];
  ours.addShare({ name: 'ours', tags: { 'du-cleaner': 'on' } });
  const shareId = theirs.addShare({ name: 'theirs' });
  const taskId = theirs.addTask(shareId);
  const { urn } = two.addAgency({ name: 'du', trusts: one, externalId: 'ticket-1' });

  const given = {
    accessKey: one.user.accessKey,
    secretKey: one.user.secretKey,
    domainId: one.domainId,
    theirDomain: two.domainName,
    iamUrl: new URL(cloud.iamUrl).origin,
    stsUrl: cloud.stsUrl,
    ours: { id: ours.id, url: cloud.sfsTurboUrl },
    theirs: { id: theirs.id, url: east.sfsTurboUrl },
    urn,
    shareId,
    taskId,
  };
  const { code, output } = await run(
    tool('python'),
    [resolve('test/aws/huawei_sdk.py'), JSON.stringify(given)],
    resolve('.'),
    { PATH: process.env['PATH'] ?? '' },
  );

  expect(code, output).toBe(0);
  expect(JSON.parse(output)).toEqual({
    projects: ['cn-north-4'],
    account: one.domainId,
    ours: ['ours'],
    byTag: [1, ['ours']],
    theirs: [['theirs'], ['theirs']],
    foreign: '403 APIGW.0302',
    deleted: 202,
    withoutExternalId: '403 PAP5.0001',
    unknownAgency: '404 STS5.1106',
    unknownAgencyV3: '403 IAM.0002',
  });
  expect(theirs.deletedTaskIds).toEqual([taskId]);
});
