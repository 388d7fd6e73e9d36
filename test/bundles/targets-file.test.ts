import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import JSZip from 'jszip';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type Cloud, startCloud } from '../cloud/cloud.ts';
import { cancelEvent, sha256 } from '../support/deployment.ts';
import { copyProject, serverless, startBundle } from './bundles.ts';

const FILE = 'config/targets.json';
let cloud: Cloud;
let project: ReturnType<typeof copyProject>;

beforeAll(async () => {
  cloud = await startCloud();
  project = copyProject();
  const targets = [
    { name: 'prod', project_id: cloud.projectId, shares: '*' },
    { name: 'archive', project_id: cloud.subProjectId, shares: '*' },
  ];
  mkdirSync(join(project.folder, dirname(FILE)));
  writeFileSync(join(project.folder, FILE), JSON.stringify(targets));
  await serverless(project.folder, ['package'], { TARGETS_FILE: FILE });
});
afterAll(async () => {
  project?.remove();
  await cloud?.close();
});

/** What the package of `http` holds, in a folder of its own. */
async function unpack(): Promise<{ readonly folder: string; readonly names: readonly string[] }> {
  const zip = await JSZip.loadAsync(readFileSync(join(project.folder, '.serverless/http.zip')));
  const folder = join(project.folder, 'unpacked');
  const files = Object.values(zip.files).filter(({ dir }) => !dir);
  for (const file of files) {
    mkdirSync(dirname(join(folder, file.name)), { recursive: true });
    writeFileSync(join(folder, file.name), await file.async('nodebuffer'));
  }
  return { folder, names: files.map(({ name }) => name) };
}

test.each([
  { platform: 'lambda', root: 'LAMBDA_TASK_ROOT' },
  { platform: 'functiongraph', root: 'RUNTIME_CODE_ROOT' },
] as const)('a list of targets in a file goes with the package, and is read from it on $platform', async (on) => {
  const { folder, names } = await unpack();
  const { HW_USER_NAME: _, HW_USER_PASSWORD: __, HW_DOMAIN_NAME: ___, ...endpoints } = cloud.environment();
  const variables = {
    ...endpoints,
    HW_ACCESS_KEY: cloud.accessKey,
    HW_SECRET_KEY: cloud.secretKey,
    CALLER_KEYS: `ci:${sha256('key-of-a-caller-of-this-test')}`,
    TARGETS_FILE: FILE,
  };
  const bundle = startBundle(join(folder, 'handlers/http.js'), { [on.root]: folder, ...variables });
  onTestFinished(() => bundle.stop());
  const shareId = cloud.account.projects.find(({ id }) => id === cloud.subProjectId)?.addShare() ?? '';
  const taskId = cloud.account.projects.find(({ id }) => id === cloud.subProjectId)?.addTask(shareId);
  const event = cancelEvent(
    { share_id: shareId, task_id: taskId, target: 'archive' },
    { authorization: 'Bearer key-of-a-caller-of-this-test' },
  );

  const { answer, error } = await bundle.invoke(event, { platform: on.platform, userData: variables });

  expect(names).toContain(FILE);
  expect(error).toBeUndefined();
  expect(JSON.parse(answer?.body ?? '')).toMatchObject({ project_id: cloud.subProjectId, outcome: 'accepted' });
});
