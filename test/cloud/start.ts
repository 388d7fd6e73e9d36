import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RIGHTS } from '../../lib/core/caller.ts';
import { startLocalChats } from '../support/chat-platforms/local-chat.ts';
import { startSlackReports } from '../support/report-platforms/slack.ts';
import { runCommand, withLocal } from './lifetime.ts';
import type { Local } from './local.ts';
import { logText } from './log-text.ts';
import { startPlay } from './play.ts';
import { createPopulation } from './population.ts';
import { freePort, readPort } from './port.ts';
import { dim, say, wrap } from './print.ts';
import { linesToCopy } from './start-lines.ts';
import { startTargetsFunction } from './targets-function.ts';
import { addThreeTargets } from './three-targets.ts';

const NEW_TASKS_EVERY_MS = 20_000;
const FOREVER = new Promise<never>(() => {});

/** `npm start`: the embedded cloud and the functions, kept running, with lines to copy. */
async function start(): Promise<void> {
  const httpPort = await freePort(readPort(process.env['PORT']));
  say(dim('Starting the embedded cloud, and the functions behind serverless-offline …'));
  const shareId = randomUUID();
  const chats = await startLocalChats();
  const reports = await startSlackReports(({ text }) => say(wrap(`\n${dim('A report in Slack:')}\n${text}\n`)));
  const variables = {
    ...chats.variables,
    SHARE_ALIASES: `prod=${shareId}`,
    SWEEP_SHARES: '*',
    SWEEP_STATUSES: 'SUCCESS,FAIL,DOING',
    SWEEP_DRY_RUN: 'false',
    REPORT_TO: reports.entry,
  };
  const onLogLine = (line: string): void => say(logText(line));

  async function play(local: Local): Promise<void> {
    local.cloud.addShare({ id: shareId, name: 'prod' });
    const population = createPopulation(local.cloud, shareId);
    setInterval(population.tick, NEW_TASKS_EVERY_MS);
    const targets = await addThreeTargets(local.cloud, shareId);
    for (const { project, shareId: id } of [targets.east, targets.partner]) project.addTask(id, { path: '/home/huge' });
    const envFile = writeEnvFile(folder, 'cloud.env', {
      ...local.cloud.environment(),
      ...variables,
      ALLOWED_SHARES: '*',
    });
    const targetsFile = writeEnvFile(folder, 'targets.env', targets.variables);
    const callerKeys = { CALLER_KEYS: `demo:${sha256(local.callerKey)}:${RIGHTS.join('+')}` };
    const targetsUrl = await startTargetsFunction({ ...targets.variables, ...callerKeys }, onLogLine);
    const playground = { local, chats, reports, shareId, envFile, targetsFile, targets, targetsUrl };
    const { url } = await startPlay(playground);
    say(`\n${linesToCopy(playground, url)}\n\n${dim('Their log follows. Ctrl-C ends it.')}\n`);
    await FOREVER;
  }

  const folder = mkdtempSync(join(tmpdir(), 'du-local-'));
  try {
    await withLocal({ httpPort, variables, onLogLine }, play);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function sha256(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}

/** @returns its path */
function writeEnvFile(folder: string, name: string, variables: Readonly<Record<string, string>>): string {
  const path = join(folder, name);
  const lines = Object.entries(variables).map(([name, value]) => `${name}='${value}'\n`);
  writeFileSync(path, lines.join(''));
  return path;
}

// Ctrl-C is how it ends
runCommand(start, 0);
