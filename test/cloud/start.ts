import { randomUUID } from 'node:crypto';
import { startLocalChats } from '../support/chat-platforms/local-chat.ts';
import { runCommand, withLocal } from './lifetime.ts';
import type { Local } from './local.ts';
import { logText } from './log-text.ts';
import { startPlay } from './play.ts';
import { createPopulation } from './population.ts';
import { freePort, readPort } from './port.ts';
import { dim, say } from './print.ts';
import { linesToCopy } from './start-lines.ts';

const NEW_TASKS_EVERY_MS = 20_000;
const FOREVER = new Promise<never>(() => {});

/** `npm start`: the embedded cloud and the functions, kept running, with lines to copy. */
async function start(): Promise<void> {
  const httpPort = await freePort(readPort(process.env['PORT']));
  say(dim('Starting the embedded cloud, and the functions behind serverless-offline …'));
  const shareId = randomUUID();
  const chats = await startLocalChats();
  const variables = {
    ...chats.variables,
    SHARE_ALIASES: `prod=${shareId}`,
    SWEEP_SHARES: '*',
    SWEEP_STATUSES: 'SUCCESS,FAIL,DOING',
    SWEEP_DRY_RUN: 'false',
  };
  const onLogLine = (line: string): void => say(logText(line));

  async function play(local: Local): Promise<void> {
    local.cloud.addShare({ id: shareId, name: 'prod' });
    const population = createPopulation(local.cloud, shareId);
    setInterval(population.tick, NEW_TASKS_EVERY_MS);
    const { url } = await startPlay({ local, chats, shareId });
    say(`\n${linesToCopy({ local, chats, shareId }, url)}\n\n${dim('Their log follows. Ctrl-C ends it.')}\n`);
    await FOREVER;
  }

  await withLocal({ httpPort, variables, onLogLine }, play);
}

// Ctrl-C is how it ends
runCommand(start, 0);
