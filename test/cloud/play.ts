import { createServer, type IncomingMessage } from 'node:http';
import type { LocalChats } from '../support/chat-platforms/local-chat.ts';
import type { ReportPlatform } from '../support/report-platforms/platform.ts';
import type { Local } from './local.ts';
import { table, wrap } from './print.ts';
import { linesToCopy } from './start-lines.ts';
import { runTimer } from './sweeping.ts';
import type { ThreeTargets } from './three-targets.ts';

/** What a line of `npm start` reaches: the timer, both chats, and the tasks as they are at the moment. */
export interface Play {
  readonly url: string;
  readonly close: () => void;
}

export interface Playground {
  readonly local: Local;
  readonly chats: LocalChats;
  readonly reports: ReportPlatform;
  readonly shareId: string;
  /** A file with the variables of the local cloud, for `npm run du`. */
  readonly envFile: string;
  /** The same for two projects in two regions, and one in a foreign account. */
  readonly targetsFile: string;
  readonly targets: ThreeTargets;
  /** Where the function `http` of these three is served. */
  readonly targetsUrl: string;
}

type Line = (body: string) => Promise<string> | string;

export async function startPlay(playground: Playground): Promise<Play> {
  const server = createServer(async (request, response) => {
    const { status, text } = await answer(request);
    response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${text}\n`);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  const lines = linesOf(playground, url);

  async function answer(request: IncomingMessage): Promise<{ readonly status: number; readonly text: string }> {
    const line = lines[request.url ?? '/'];
    if (line === undefined) return { status: 404, text: `There are ${Object.keys(lines).join(', ')}.` };
    try {
      return { status: 200, text: wrap(await line(await bodyOf(request))) };
    } catch (error) {
      return { status: 500, text: String(error) };
    }
  }

  return {
    url,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function linesOf(playground: Playground, url: string): Readonly<Record<string, Line>> {
  const { local, chats, reports } = playground;
  return {
    '/': () => linesToCopy(playground, url),
    '/tasks': () => tasksOf(playground),
    '/sweep': (body) => sweep(playground, body.trim()),
    '/report': () =>
      reports.taken.at(-1)?.text ?? 'There was none: only runs that deleted something or failed are reported.',
    '/slack': (text) => chats.type('slack', local.url, text),
    '/feishu': (text) => chats.type('feishu', local.url, text),
  };
}

async function sweep({ local }: Playground, mode: string): Promise<string> {
  if (mode !== 'dry' && mode !== 'real') return 'A sweep is either dry or real: -d dry, -d real';
  const before = local.cloud.deletedTaskIds.length;
  const { summary, judged } = await runTimer(local, mode === 'dry' ? { dry_run: true } : {});
  if (mode === 'dry') return `${summary}\n\n${judged}`;
  const deleted = local.cloud.deletedTaskIds.slice(before);
  return [summary, ...deleted.map((id) => `  deleted ${id}`)].join('\n');
}

function tasksOf({ local, shareId }: Playground): string {
  const rows = local.cloud.tasks(shareId).map(({ id, path, status, beginTime }) => [id, path, status, beginTime]);
  return table(['task', 'path', 'status', 'began (UTC)'], rows);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
