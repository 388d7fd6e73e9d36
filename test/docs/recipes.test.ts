import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer, text } from 'node:stream/consumers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { freePort } from '../cloud/port.ts';
import { holds, isListening } from '../support/commands.ts';
import { type Deployment, deploy, httpEvent } from '../support/deployment.ts';
import { blocksOf, page } from '../support/handbook.ts';

const blocks = blocksOf(page('docs/recipes.md'));
const [actions, gitlab] = blocks.filter(({ language }) => language === 'yaml').map(({ text: job }) => parse(job));
const signer = blocks.find(({ language }) => language === 'js')?.text ?? '';

/** Serves a deployment by HTTP on loopback, and says where. */
async function serve({ invoke }: Deployment): Promise<string> {
  const server = createServer(async (request, response) => {
    const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
    const body = await buffer(request);
    const answer = await invoke(httpEvent(request.method ?? '', request.url ?? '', headers, body));
    response.writeHead(answer.statusCode, answer.headers).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const hasCurl = spawnSync('curl', ['--version']).status === 0 && spawnSync('bash', ['--version']).status === 0;

describe.skipIf(!hasCurl).each([
  ['GitHub Actions', actions[0].run as string],
  ['GitLab', (gitlab['cancel-measurement'].script as string[]).join('\n')],
])('the job for %s', (_, script) => {
  async function run(deployment: Deployment, taskId: string, key = deployment.callerKey) {
    const cwd = mkdtempSync(join(tmpdir(), 'du-job-'));
    const variables = { DU_URL: await serve(deployment), DU_KEY: key, SHARE: deployment.shareId, TASK: taskId };
    const job = spawn('bash', ['--norc', '-eu', '-o', 'pipefail', '-c', script], {
      cwd,
      env: { PATH: process.env['PATH'], ...variables },
    });
    const [output, code] = await Promise.all([
      text(job.stdout),
      new Promise<number | null>((resolve) => job.once('close', resolve)),
    ]);
    return { output, code };
  }

  test('does well when the task was cancelled', async () => {
    const deployment = await deploy();
    const taskId = deployment.cloud.addTask(deployment.shareId);

    const { output, code } = await run(deployment, taskId);

    expect(output).toContain('"outcome":"accepted"');
    expect(code).toBe(0);
  });

  test('does well when the task is gone', async () => {
    const { output, code } = await run(await deploy(), 'gone');

    expect(output).toContain('SFS.TURBO.0124');
    expect(code).toBe(0);
  });

  test('fails with a wrong key', async () => {
    const { output, code } = await run(await deploy(), 'any', 'wrong');

    expect(output).toContain('FN.UNAUTHENTICATED');
    expect(code).toBe(1);
  });
});

describe('the signer for Alertmanager', () => {
  async function start(deployment: Deployment): Promise<string> {
    const file = join(mkdtempSync(join(tmpdir(), 'du-signer-')), 'signer.mjs');
    writeFileSync(file, signer);
    const port = await freePort();
    const variables = { DU_URL: await serve(deployment), WEBHOOK_SECRET: deployment.webhookSecret, PORT: `${port}` };
    const child = spawn(process.execPath, [file], { env: variables, stdio: 'inherit' });
    onTestFinished(() => void child.kill());
    await holds(() => isListening(port));
    return `http://127.0.0.1:${port}`;
  }

  /** As Alertmanager posts: https://prometheus.io/docs/alerting/latest/configuration/#webhook_config */
  async function alert(url: string, tasks: readonly { readonly share_id: string; readonly task_id: string }[]) {
    const alerts = tasks.map((labels) => ({ status: 'firing', labels: { alertname: 'StuckTask', ...labels } }));
    const body = JSON.stringify({ version: '4', status: 'firing', alerts });
    return (await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body })).status;
  }

  test('cancels the tasks of each alert', async () => {
    const deployment = await deploy();
    const { cloud, shareId } = deployment;
    const [first, second] = [cloud.addTask(shareId), cloud.addTask(shareId)];
    const url = await start(deployment);

    const status = await alert(
      url,
      [first, second, 'gone'].map((id) => ({ share_id: shareId, task_id: id })),
    );

    expect(status).toBe(200);
    expect(cloud.tasks(shareId)).toEqual([]);
  });

  test('lets Alertmanager send again what was not cancelled', async () => {
    const deployment = await deploy();
    const url = await start(deployment);

    const status = await alert(url, [{ share_id: 'not-allowed', task_id: 'any' }]);

    expect(status).toBe(502);
  });
});
