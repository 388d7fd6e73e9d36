import { randomUUID } from 'node:crypto';
import { startLocalChat } from '../support/chat-platforms/local-chat.ts';
import { startLocal } from './local.ts';
import { bold, dim, say } from './print.ts';
import { signWebhook } from './webhook-sender.ts';

const HTTP_PORT = Number(process.env['PORT'] ?? 4000);
const TASK_RUNS_FOR_MS = 10 * 60_000;

/** `npm start`: the embedded cloud and the functions, kept running, with lines to copy. */
async function start(): Promise<void> {
  say(dim('Starting the embedded cloud, and the functions behind serverless-offline …'));
  const id = randomUUID();
  const chat = await startLocalChat((card) => say(`\n${bold('The bot replies')}\n${card}\n`));
  const local = await startLocal({
    httpPort: HTTP_PORT,
    cloud: { taskRunsForMs: TASK_RUNS_FOR_MS },
    variables: { ...chat.variables, SHARE_ALIASES: `prod=${id}` },
    onLogLine: say,
  });
  const { cloud, url, callerKey, webhookSecret } = local;
  const shareId = cloud.addShare({ id, name: 'prod' });
  const tasks = ['/projects', '/builds', '/home'].map((path) => cloud.addTask(shareId, { path }));
  const examples = ['/media', '/mail', '/scratch'].map((path) => cloud.addTask(shareId, { path }));
  const [first, second, third] = tasks;
  const path = `/v1/${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks`;
  const body = JSON.stringify({ share_id: shareId, task_id: second });
  const webhookBody = JSON.stringify({ share_id: shareId, task_id: third });
  const webhookHeaders = Object.entries(signWebhook(webhookSecret, 'msg_1', webhookBody));
  const exports = [
    `export DU_URL='${url}' DU_KEY='${callerKey}' DU_WEBHOOK_SECRET='${webhookSecret}'`,
    `DU_PROJECT='${cloud.projectId}' DU_SHARE='${shareId}'`,
    ...examples.map((id, index) => `DU_TASK_${index + 1}='${id}'`),
  ].join(' ');

  say(`
${bold('The functions')}    ${url}
${bold('IAM')}              ${cloud.iamUrl}
${bold('SFS Turbo')}        ${cloud.sfsTurboUrl}
${bold('Caller key')}       ${callerKey}
${bold('Webhook secret')}   ${webhookSecret}
${bold('Share')}            ${shareId}, with six tasks that run for ${TASK_RUNS_FOR_MS / 60_000} minutes

${bold('For the examples of the README')}
${exports}

${bold('Cancel a task by its URI')}
curl -i -X DELETE '${url}${path}/${first}' \\
  -H 'Authorization: Bearer ${callerKey}'

${bold('Cancel a task by its ids')}
curl -i '${url}/v1/tasks/cancel' \\
  -H 'Authorization: Bearer ${callerKey}' \\
  -H 'Content-Type: application/json' \\
  -d '${body}'

${bold('Cancel a task by a signed webhook')} ${dim('(the signature is good for five minutes)')}
curl -i '${url}/v1/webhooks/tasks' \\
  -H 'Content-Type: application/json' \\
${webhookHeaders.map(([name, value]) => `  -H '${name}: ${value}' \\\n`).join('')}  -d '${webhookBody}'

${bold('Ask for the list in Slack')} ${dim('(good for five minutes)')}
${chat.slackCurl(url, 'list prod')}

${bold('Ask for the list in Feishu')} ${dim('(good for five minutes; the card that the bot replies with is shown here)')}
${chat.feishuCurl(url, '/du list prod')}

${bold('Look whether the functions are up')}
curl -i '${url}/healthz'

${dim('Their log follows. Ctrl-C ends it.')}
`);
  await new Promise<void>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await local.stop();
  await chat.stop();
}

start().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
