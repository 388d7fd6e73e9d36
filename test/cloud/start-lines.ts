import type { Playground } from './play.ts';
import { bold, dim } from './print.ts';
import { signWebhook } from './webhook-sender.ts';

/** Lines to copy, for the tasks that run at the moment and signed at the moment. */
export function linesToCopy(playground: Playground, playUrl: string): string {
  return [
    settings(playground),
    play(playUrl),
    commands(playground),
    commandsForTargets(playground),
    routes(playground),
    routesForTargets(playground),
    exports(playground, playUrl),
  ].join('\n\n');
}

function settings({ local: { cloud, url, callerKey, webhookSecret }, shareId }: Playground): string {
  return `${bold('The functions')}    ${url}
${bold('IAM')}              ${cloud.iamUrl}
${bold('SFS Turbo')}        ${cloud.sfsTurboUrl}
${bold('Caller key')}       ${callerKey}
${bold('Webhook secret')}   ${webhookSecret}
${bold('Share')}            ${shareId}, prod for short. It is full: ten tasks run,
                 four of them are stuck. Three more are finished and due. New ones come as they go`;
}

function play(url: string): string {
  return `${bold('Play')} ${dim('(in another terminal)')}
curl ${url}/tasks                        # the tasks of the share
curl ${url}/sweep -d dry                 # what the timer would delete
curl ${url}/sweep -d real                # deletes it
curl ${url}/report                       # what the last run reported to Slack
curl ${url}/slack -d 'list prod'         # /du list prod, in Slack
curl ${url}/slack -d 'press 1'           # a button of what Slack shows
curl ${url}/slack -d 'cancel-all prod'   # asks about all that run; press 1 cancels them
curl ${url}/slack -d 'sweep'             # asks about what is due; press 1 deletes it
curl ${url}/feishu -d 'list prod'        # the same in Feishu
curl ${url}/feishu -d 'press 1'
curl ${url}                              # all these lines, signed anew`;
}

/** In two lines each, to fit the terminal. */
function commands({ local: { cloud }, shareId, envFile }: Playground): string {
  const [stuck = 'none'] = stuckTasks({ cloud, shareId });
  const lines = [
    'check --probe-delete',
    'list prod',
    `status prod ${stuck}`,
    `cancel prod ${stuck}`,
    'cancel-many prod --status DOING --older-than 1d --delete',
    'sweep',
  ];
  const copied = lines.map((line) => `npm run du -- ${line} \\\n  --env-file ${envFile}`);
  return `${bold('Commands')} ${dim('(they ask before they delete)')}\n${copied.join('\n')}`;
}

function commandsForTargets({ targetsFile }: Playground): string {
  const lines = ['check', 'list east/big', 'list big', 'sweep --dry-run'];
  const copied = lines.map((line) => `npm run du -- ${line} \\\n  --env-file ${targetsFile}`);
  return `${bold('The same for two regions and a foreign account')} ${dim('(a share that several have is asked about)')}
${copied.join('\n')}`;
}

function routes({ local: { cloud, url, callerKey, webhookSecret }, shareId }: Playground): string {
  const [, , , first = 'none', second = 'none', third = 'none'] = runningTasks({ cloud, shareId });
  const list = `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks`;
  const path = `${list}/${first}`;
  // in two lines, to fit the terminal
  const bodyOf = (taskId: string): string => `{"share_id":"${shareId}",\n    "task_id":"${taskId}"}`;
  const webhookBody = bodyOf(third);
  const headers = Object.entries(signWebhook(webhookSecret, `msg_${third.slice(0, 8)}`, webhookBody));

  return `${bold('List the stuck tasks')}
curl -i '${url}${list}?status=DOING&older_than=1d' \\
  -H 'Authorization: Bearer ${callerKey}'

${bold('Show a task')}
curl -i '${url}${path}' \\
  -H 'Authorization: Bearer ${callerKey}'

${bold('Cancel a task by its URI')}
curl -i -X DELETE '${url}${path}' \\
  -H 'Authorization: Bearer ${callerKey}'

${bold('Cancel a task by its ids')}
curl -i '${url}/v1/tasks/cancel' \\
  -H 'Authorization: Bearer ${callerKey}' \\
  -H 'Content-Type: application/json' \\
  -d '${bodyOf(second)}'

${bold('Cancel the tasks that are stuck')} ${dim('(dry_run: false does it)')}
curl -i '${url}/v1/tasks/cancel-many' \\
  -H 'Authorization: Bearer ${callerKey}' \\
  -H 'Content-Type: application/json' \\
  -d '{"share_id":"prod","status":["DOING"],"older_than":"1d",
    "dry_run":true}'

${bold('Sweep now')} ${dim('(dry_run: false does it)')}
curl -i '${url}/v1/sweeps' \\
  -H 'Authorization: Bearer ${callerKey}' \\
  -H 'Content-Type: application/json' \\
  -d '{"dry_run":true}'

${bold('Cancel a task by a signed webhook')} ${dim('(the signature is good for five minutes)')}
curl -i '${url}/v1/webhooks/tasks' \\
  -H 'Content-Type: application/json' \\
${headers.map(([name, value]) => `  -H '${name}: ${value}' \\\n`).join('')}  -d '${webhookBody}'

${bold('Check that the functions are up')}
curl -i '${url}/healthz'`;
}

/** The function `http` of the three targets is another one, with the same key. */
function routesForTargets({ local: { callerKey }, targets: { east, partner }, targetsUrl }: Playground): string {
  const list = `/v1/${east.project.id}/sfs-turbo/shares/${east.shareId}/fs/dir-usage/tasks`;
  const [{ id: taskId } = { id: 'none' }] = partner.project.tasks(partner.shareId);
  const headers = `-H 'Authorization: Bearer ${callerKey}' \\
  -H 'Content-Type: application/json'`;

  return `${bold('List in the second region')} ${dim('(its project in the path picks the target: 200)')}
curl -i '${targetsUrl}${list}' \\
  -H 'Authorization: Bearer ${callerKey}'

${bold('Cancel in the foreign account')} ${dim('(the body names the target: 202)')}
curl -i '${targetsUrl}/v1/tasks/cancel' \\
  ${headers} \\
  -d '{"target":"partner","share_id":"${partner.shareId}",
    "task_id":"${taskId}"}'

${bold('Sweep both')} ${dim('(200: the sums of the two targets)')}
curl -i '${targetsUrl}/v1/sweeps' \\
  ${headers} \\
  -d '{"targets":["east","partner"],"dry_run":true}'`;
}

function exports({ local, shareId, envFile }: Playground, playUrl: string): string {
  const { cloud, url, callerKey, webhookSecret } = local;
  const tasks = runningTasks({ cloud, shareId }).slice(0, 3);
  // the commands above have the first one
  const stuck = stuckTasks({ cloud, shareId }).at(-1) ?? 'none';
  return `${bold('For the examples of the handbook')}
export DU_URL='${url}' DU_PLAY='${playUrl}'
export DU_KEY='${callerKey}'
export DU_ENV_FILE='${envFile}'
export DU_WEBHOOK_SECRET='${webhookSecret}'
export DU_PROJECT='${cloud.projectId}' DU_SHARE='${shareId}'
export DU_STUCK_TASK='${stuck}'
${tasks.map((id, index) => `export DU_TASK_${index + 1}='${id}'`).join('\n')}`;
}

type Shares = Pick<Playground, 'shareId'> & Pick<Playground['local'], 'cloud'>;

/** Those that have not been stuck for days, oldest first. */
function runningTasks(shares: Shares): readonly string[] {
  return tasksInWork(shares, (beginTime, dayAgo) => beginTime > dayAgo);
}

function stuckTasks(shares: Shares): readonly string[] {
  return tasksInWork(shares, (beginTime, dayAgo) => beginTime <= dayAgo);
}

function tasksInWork({ cloud, shareId }: Shares, isMeant: (beginTime: string, dayAgo: string) => boolean) {
  const dayAgo = new Date(Date.now() - 86_400_000).toISOString().slice(0, 19).replace('T', ' ');
  const running = cloud
    .tasks(shareId)
    .filter(({ status, beginTime }) => status === 'DOING' && isMeant(beginTime, dayAgo));
  return running.map(({ id }) => id);
}
