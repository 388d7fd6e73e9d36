import { randomUUID } from 'node:crypto';
import { type LocalChats, startLocalChats } from '../support/chat-platforms/local-chat.ts';
import type { ReportPlatform } from '../support/report-platforms/platform.ts';
import { startSlackReports } from '../support/report-platforms/slack.ts';
import { withLocal } from './lifetime.ts';
import type { Local } from './local.ts';
import { logText } from './log-text.ts';
import { bold, dim, green, red, say, shortIds, table, wrap } from './print.ts';
import { runTimer, type Swept, until } from './sweeping.ts';
import { showTargets } from './targets-tour.ts';
import { signWebhook } from './webhook-sender.ts';

/**
 * Everything the functions do, against the embedded cloud, from the bundles that would be deployed.
 *
 * @param variables laid over those of the local functions
 */
export async function demo(variables: Readonly<Record<string, string>> = {}): Promise<void> {
  tell(bold('Cleaning up directory-usage tasks of SFS Turbo: a demonstration'));
  tell(dim("All of it runs on this machine: an embedded IAM and SFS Turbo, and the functions' bundles."));
  const chats = await startLocalChats();
  const reports = await startSlackReports();
  const shareId = randomUUID();
  const ours = {
    ...chats.variables,
    SHARE_ALIASES: `prod=${shareId}`,
    SWEEP_SHARES: '*',
    SWEEP_RULES: RULES,
    SWEEP_DRY_RUN: 'false',
    REPORT_TO: reports.entry,
  };
  await withLocal({ variables: { ...ours, ...variables } }, async (local) => {
    local.cloud.addShare({ id: shareId, name: 'prod' });
    await cancelOverHttp(local, shareId);
    await refusals(local);
    await cancelByWebhook(local);
    await cancelFromChat(local, chats, shareId);
    await stormyWeather(local);
    await sweep(local, reports);
    await showTargets(local, shareId, { step, tell, check });
    if (process.exitCode === undefined) tell(`\n${green('Done.')} Start it for yourself: ${bold('npm start')}`);
    else explain(local);
  });
  await chats.stop();
  await reports.close();
}

const RULES = '[{"path_prefix":"/audit/","protect":true}]';

/** What the functions logged of their troubles, which their answers do not say. */
function explain({ logLines }: Local): void {
  const troubles = logLines.filter((line) => /"level":"(WARN|ERROR)"/.test(line));
  tell(red('\nNot as expected. The functions logged:'));
  for (const line of new Set(troubles.map(logText))) tell(line);
}

async function cancelOverHttp({ cloud, url, callerKey, logLines }: Local, shareId: string): Promise<void> {
  step('A task measures a directory, and takes too long');
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
    shortIds(target),
    String(status),
  ]);
  tell(table(['to', 'method', 'path', 'answer'], sent));
  const audits = (): readonly string[] => logLines.filter((line) => line.includes('"audit"'));
  await until(() => audits().length > 0);
  for (const line of audits()) tell(`  ${dim(line)}`);

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
  tell(`  requests that reached the cloud meanwhile: ${bold(String(cloud.requests.length - sentBefore))}`);
}

async function cancelByWebhook({ cloud, url, webhookSecret }: Local): Promise<void> {
  step('Cancel by a signed webhook (Standard Webhooks 1.0)');
  const shareId = cloud.addShare({ name: 'dev' });
  const body = JSON.stringify({ share_id: shareId, task_id: cloud.addTask(shareId, { path: '/builds' }) });
  const headers = { 'content-type': 'application/json', ...signWebhook(webhookSecret, 'msg_demo', body) };
  await request(`${url}/v1/webhooks/tasks`, { method: 'POST', headers, body }, 202);
  tell('  the same delivery once more, as senders do when an answer got lost:');
  await request(`${url}/v1/webhooks/tasks`, { method: 'POST', headers, body }, 202);
  tell(`  deletions: ${bold(String(cloud.deletedTaskIds.length))} in all, one of them by this webhook`);
}

async function cancelFromChat({ cloud, url }: Local, chats: LocalChats, shareId: string): Promise<void> {
  step('Cancel from a chat: Slack, as a person sees it. A number stands before each button');
  const taskId = cloud.addTask(shareId, { path: '/media' });
  const type = async (what: string, text: string): Promise<void> => {
    tell(`  ${bold(what)}`);
    tell((await chats.type('slack', url, text)).replace(/^(?=.)/gm, '    '));
  };
  await type('Ada types: /du list prod', 'list prod');
  await type('Ada presses 1', 'press 1');
  await type('Ada presses 1', 'press 1');
  check(cloud.task(shareId, taskId) === undefined, 'the task to be gone');
  showTasks({ cloud }, shareId);
}

async function stormyWeather({ cloud, url, callerKey }: Local): Promise<void> {
  step('SFS Turbo deletes the task, but its answer is lost: the retry finds nothing, and says why');
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

/** The worked example of docs/sweep.md. */
const SEVEN_TASKS = [
  { path: '/projects', status: 'SUCCESS', endedHoursAgo: 72 },
  { path: '/projects', status: 'SUCCESS', endedHoursAgo: 30 },
  { path: '/builds', status: 'FAIL', endedHoursAgo: 48 },
  { path: '/builds', status: 'SUCCESS', endedHoursAgo: 5 },
  { path: '/home', status: 'DOING', endedHoursAgo: undefined },
  { path: '/archive', status: 'SUCCESS', endedHoursAgo: 240 },
  { path: '/home', status: 'FAIL', endedHoursAgo: undefined },
];

async function sweep(local: Local, reports: ReportPlatform): Promise<void> {
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
    .map(({ id, path, status, beginTime, endTime }) => [shortIds(id), path, status, beginTime, endTime]);
  tell(table(['task', 'path', 'status', 'begin_time', 'end_time'], rows));

  step('Dry run: what would go, and why each other task stays. Only GETs are sent');
  const sentBefore = cloud.requests.length;
  tell((await run(local, { dry_run: true, shares: [shareId] })).judged);
  const sent = cloud.requests.slice(sentBefore).filter(({ service }) => service === 'sfs-turbo');
  tell(`  methods that reached SFS Turbo: ${bold([...new Set(sent.map(({ method }) => method))].join(', '))}`);

  step('The same for real');
  await run(local, { shares: [shareId] });
  showTasks(local, shareId);

  step('What the run reported to Slack. Feishu, DingTalk, WeCom, Teams and signed webhooks are told as well');
  showReport(reports);

  step('Once more: nothing is due, nothing happens, and nothing is reported');
  await run(local, { shares: [shareId] });

  step('A rule protects what stands under /audit');
  tell(`  SWEEP_RULES ${dim(RULES)}`);
  for (const path of ['/audit/2026', '/auditor']) {
    cloud.addTask(shareId, { path, status: 'FAIL', beginTime: serviceTime(49), endTime: serviceTime(48) });
  }
  tell((await run(local, { dry_run: true, shares: [shareId] })).judged);
  await run(local, { shares: [shareId] });
  check(
    cloud.tasks(shareId).some(({ path }) => path === '/audit/2026'),
    'the protected task to be there',
  );
}

async function run(local: Local, event: object): Promise<Swept> {
  tell(`  event ${dim(JSON.stringify(event))}`);
  const swept = await runTimer(local, event);
  tell(`  ${swept.summary}`);
  check(!swept.failed, 'the sweep to be carried out');
  return swept;
}

/** As SFS Turbo writes times: UTC without a zone. */
function serviceTime(hoursAgo: number): string {
  return new Date(Date.now() - hoursAgo * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
}

let steps = 0;
function step(title: string): void {
  steps += 1;
  tell(`\n${bold(`${steps}. ${title}`)}`);
}

async function request(url: string, init: RequestInit, expected: number): Promise<void> {
  const { pathname } = new URL(url);
  tell(`  ${bold(init.method ?? 'GET')} ${pathname}${typeof init.body === 'string' ? `  ${dim(init.body)}` : ''}`);
  const answer = await fetch(url, init);
  const right = answer.status === expected;
  const retryAfter = answer.headers.get('retry-after');
  tell(`  ${(right ? green : red)(String(answer.status))} ${await answer.text()}`);
  if (retryAfter !== null) tell(dim(`      retry-after: ${retryAfter}`));
  check(right, String(expected));
}

/** The report of the latest run: a run ends after its reports. */
function showReport({ taken }: ReportPlatform): void {
  check(taken.length > 0, 'a report');
  tell((taken.at(-1)?.text ?? '').replace(/^(?=.)/gm, '    '));
}

function check(isRight: boolean, expected: string): void {
  if (isRight) return;
  tell(red(`  expected ${expected}`));
  process.exitCode = 1;
}

function showTasks({ cloud }: Pick<Local, 'cloud'>, shareId: string): void {
  const rows = cloud.tasks(shareId).map(({ id, path, status }) => [shortIds(id), path, status]);
  tell(rows.length === 0 ? '  the share has no tasks' : table(['task', 'path', 'status'], rows));
}

/** Fits a terminal of 100 columns. */
function tell(text: string): void {
  say(wrap(shortIds(text)));
}
