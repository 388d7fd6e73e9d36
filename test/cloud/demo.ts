import { setTimeout as sleep } from 'node:timers/promises';
import { type Local, startLocal } from './local.ts';
import { bold, dim, green, red, say, table } from './print.ts';
import { signWebhook } from './webhook-sender.ts';

/** `npm run demo`: everything the functions do, against the embedded cloud, from the bundles that would be deployed. */
async function demo(): Promise<void> {
  say(bold('Cleaning up directory-usage tasks of SFS Turbo: a demonstration'));
  say(dim('Everything runs on this machine: an embedded IAM and SFS Turbo, and the functions from their bundles.'));
  const logLines: string[] = [];
  const local = await startLocal({
    variables: { SWEEP_SHARES: '*', SWEEP_DRY_RUN: 'false' },
    onLogLine: (line) => logLines.push(line),
  });
  try {
    await cancelOverHttp(local, logLines);
    await refusals(local);
    await cancelByWebhook(local);
    await stormyWeather(local);
    await sweep(local, logLines);
  } finally {
    await local.stop();
  }
  if (process.exitCode === undefined) say(`\n${green('Done.')} Start it for yourself: ${bold('npm start')}`);
}

async function cancelOverHttp({ cloud, url, callerKey }: Local, logLines: readonly string[]): Promise<void> {
  step('A task measures a directory, and takes too long');
  const shareId = cloud.addShare({ name: 'prod' });
  const taskId = cloud.addTask(shareId, { path: '/projects/huge' });
  showTasks({ cloud }, shareId);

  step('Cancel it over HTTP, with a caller key');
  const path = `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${taskId}`;
  await request(`${url}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${callerKey}` } }, 202);
  showTasks({ cloud }, shareId);

  step('What the function sent, and the audit line that it left');
  const sent = cloud.requests.map(({ method, service, status, path: target }) => [
    service,
    method,
    target,
    String(status),
  ]);
  say(table(['to', 'method', 'path', 'answer'], sent));
  await until(() => logLines.some((line) => line.includes('"audit"')));
  say(`  ${dim(logLines.find((line) => line.includes('"audit"')) ?? '')}`);

  step('Cancel it again: there is nothing left');
  await request(`${url}${path}`, { method: 'DELETE', headers: { authorization: `Bearer ${callerKey}` } }, 404);
}

async function refusals({ url, callerKey, cloud }: Local): Promise<void> {
  step('What is not right is refused before anything leaves the function');
  const sentBefore = cloud.requests.length;
  const cancel = `${url}/v1/tasks/cancel`;
  const headers = { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' };
  const post = (body: string, other: Record<string, string> = {}) => ({
    method: 'POST',
    headers: { ...headers, ...other },
    body,
  });
  await request(cancel, post('{}', { authorization: 'Bearer guessed' }), 401);
  await request(cancel, post('{"share_id":'), 400);
  await request(cancel, post('{"share_id":"../../etc","task_id":"1"}'), 400);
  await request(cancel, post('{"share_id":"a","task_id":"b","feature":"du"}'), 400);
  await request(cancel, post('{"share_id":"a","task_id":"b","force":true}'), 400);
  await request(cancel, post('share_id=a', { 'content-type': 'application/x-www-form-urlencoded' }), 415);
  await request(cancel, { method: 'GET' }, 405);
  say(`  requests that reached the cloud meanwhile: ${bold(String(cloud.requests.length - sentBefore))}`);
}

async function cancelByWebhook({ cloud, url, webhookSecret }: Local): Promise<void> {
  step('Cancel by a signed webhook (Standard Webhooks 1.0)');
  const shareId = cloud.addShare({ name: 'dev' });
  const body = JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId, { path: '/builds' }) });
  const headers = { 'content-type': 'application/json', ...signWebhook(webhookSecret, 'msg_demo', body) };
  await request(`${url}/v1/webhooks/tasks`, { method: 'POST', headers, body }, 202);
  say('  the same delivery once more, as senders do when an answer got lost:');
  await request(`${url}/v1/webhooks/tasks`, { method: 'POST', headers, body }, 202);
  say(`  deletions: ${bold(String(cloud.deletedTaskIds.length))} in all, one of them by this webhook`);
}

async function stormyWeather({ cloud, url, callerKey }: Local): Promise<void> {
  step('SFS Turbo deletes the task, but the answer is lost on the way: the retry finds nothing, and says why');
  const shareId = cloud.addShare();
  const taskId = cloud.addTask(shareId);
  cloud.order({
    operation: 'DeleteFsTask',
    kind: {
      type: 'status',
      status: 500,
      act: true,
      body: { errCode: 'SFS.TURBO.0005', errMsg: 'Internal server error' },
    },
  });
  const headers = { authorization: `Bearer ${callerKey}`, 'content-type': 'application/json' };
  const body = JSON.stringify({ share_id: shareId, task_id: taskId });
  await request(`${url}/v1/tasks/cancel`, { method: 'POST', headers, body }, 202);

  step('SFS Turbo throttles');
  cloud.order({ operation: 'DeleteFsTask', times: 3, kind: { type: 'throttle', retryAfter: '120' } });
  await request(`${url}/v1/tasks/cancel`, { method: 'POST', headers, body }, 503);
  cloud.clearFaults();
}

/** The worked example of the README. */
const SEVEN_TASKS = [
  { path: '/projects', status: 'SUCCESS', endedHoursAgo: 72 },
  { path: '/projects', status: 'SUCCESS', endedHoursAgo: 30 },
  { path: '/builds', status: 'FAIL', endedHoursAgo: 48 },
  { path: '/builds', status: 'SUCCESS', endedHoursAgo: 5 },
  { path: '/home', status: 'DOING', endedHoursAgo: undefined },
  { path: '/archive', status: 'SUCCESS', endedHoursAgo: 240 },
  { path: '/home', status: 'FAIL', endedHoursAgo: undefined },
];

async function sweep(local: Local, logLines: readonly string[]): Promise<void> {
  const { cloud } = local;
  step('Seven tasks that others left behind, and the timer that sweeps them');
  const shareId = cloud.addShare({ name: 'shared' });
  for (const { path, status, endedHoursAgo } of SEVEN_TASKS) {
    const end = endedHoursAgo === undefined ? '' : serviceTime(endedHoursAgo);
    const begin = status === 'FAIL' && end === '' ? 'last Tuesday' : serviceTime((endedHoursAgo ?? 96) + 1);
    cloud.addTask(shareId, { path, status, beginTime: begin, endTime: end });
  }
  const rows = cloud
    .tasks(shareId)
    .map(({ id, path, status, beginTime, endTime }) => [id.slice(0, 8), path, status, beginTime, endTime]);
  say(table(['task', 'path', 'status', 'begin_time', 'end_time'], rows));

  step('Dry run: what would go, and why each other task stays. Only GETs are sent');
  const sentBefore = cloud.requests.length;
  await run(local, { dry_run: true, shares: [shareId] });
  await until(() => logLines.some((line) => line.includes('"sweep.done"')));
  say(judged(logLines));
  const sent = cloud.requests.slice(sentBefore).filter(({ service }) => service === 'sfs-turbo');
  say(`  methods that reached SFS Turbo: ${bold([...new Set(sent.map(({ method }) => method))].join(', '))}`);

  step('The same for real');
  await run(local, { shares: [shareId] });
  showTasks(local, shareId);

  step('Once more: nothing is due, and nothing happens');
  await run(local, { shares: [shareId] });
}

async function run({ invoke }: Local, event: object): Promise<void> {
  say(`  event ${dim(JSON.stringify(event))}`);
  const { failed, payload } = await invoke('timer', event);
  const { event: _name, ...summary } = (payload ?? {}) as Record<string, unknown>;
  const shown = Object.entries(summary).filter(
    ([name, value]) => value !== 0 && value !== false && name !== 'duration_ms',
  );
  say(
    `  ${failed ? red('failed') : green('done')}  ${shown.map(([name, value]) => `${name} ${bold(String(value))}`).join(', ')}`,
  );
  if (failed) process.exitCode = 1;
}

function judged(logLines: readonly string[]): string {
  const lines = logLines.map((line) => JSON.parse(line)).filter(({ event }) => event === 'sweep.task');
  const rows = lines.map(({ task_id, path, task_status, age_s, verdict, reason }) => {
    const age = age_s === undefined ? '?' : `${Math.floor(age_s / 3_600)} h`;
    return [String(task_id).slice(0, 8), path, task_status, age, verdict, reason];
  });
  return table(['task', 'path', 'status', 'age', 'verdict', 'why'], rows);
}

/** As SFS Turbo writes times: UTC without a zone. */
function serviceTime(hoursAgo: number): string {
  return new Date(Date.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

/** The log comes through a pipe of its own, a moment behind the answer. */
async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await sleep(20);
}

let steps = 0;
function step(title: string): void {
  steps += 1;
  say(`\n${bold(`${steps}. ${title}`)}`);
}

async function request(url: string, init: RequestInit, expected: number): Promise<void> {
  const { pathname } = new URL(url);
  say(`  ${bold(init.method ?? 'GET')} ${pathname}${typeof init.body === 'string' ? `  ${dim(init.body)}` : ''}`);
  const answer = await fetch(url, init);
  const right = answer.status === expected;
  const retryAfter = answer.headers.get('retry-after');
  say(
    `  ${(right ? green : red)(String(answer.status))} ${await answer.text()}${retryAfter ? dim(`  retry-after: ${retryAfter}`) : ''}`,
  );
  if (!right) {
    say(red(`  expected ${expected}`));
    process.exitCode = 1;
  }
}

function showTasks({ cloud }: Pick<Local, 'cloud'>, shareId: string): void {
  const rows = cloud.tasks(shareId).map(({ id, path, status }) => [id, path, status]);
  say(rows.length === 0 ? '  the share has no tasks' : table(['task', 'path', 'status'], rows));
}

demo().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
