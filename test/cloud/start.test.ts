import { type AddressInfo, createServer } from 'node:net';
import pMap from 'p-map';
import { describe, expect, onTestFinished, test } from 'vitest';
import { holds, isListening, type RunningCommand, startCommand } from '../support/commands.ts';
import { FOREIGN_VARIABLES } from '../support/foreign-variables.ts';

const SLOW = { timeout: 120_000 };

function start(variables: Readonly<Record<string, string>>): RunningCommand {
  return startCommand(process.execPath, ['--import', 'tsx', 'test/cloud/start.ts'], variables);
}

/** The ports of everything that a running `npm start` has told of. */
function portsIn(output: string): readonly number[] {
  return [...new Set([...output.matchAll(/http:\/\/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)))];
}

async function curl(running: RunningCommand, path: string, body?: string): Promise<string> {
  const [, url = ''] = /DU_PLAY='([^']+)'/.exec(running.output()) ?? [];
  const answer = await fetch(`${url}${path}`, {
    // a kept connection may be closed by the server while commands run
    headers: { connection: 'close' },
    ...(body !== undefined && { method: 'POST', body }),
  });
  return answer.text();
}

/** The command lines of `npm run du`, as a shell without a terminal runs them. */
async function runCommands(output: string) {
  const lines = [...output.matchAll(/^npm run du -- .* \\\n {2}--env-file \S+$/gm)].map(([line]) => line);
  const run = async (line: string) => {
    const command = startCommand('sh', ['-c', line], FOREIGN_VARIABLES);
    const { code } = await command.ended;
    return { line, code, output: command.output() };
  };
  return pMap(lines, run, { concurrency: 2 });
}

/** The lines for curl behind the command lines of the three targets, as curl would send them. */
async function runRoutesOfTargets(output: string) {
  const lines = output.slice(output.indexOf('List in the second region')).split('For the examples')[0] ?? '';
  const ran = [];
  for (const [, url = '', options = ''] of lines.matchAll(/^curl -i '([^']+)'((?: \\\n +(?:-[Hd] '[^']*'))*)/gm)) {
    const headers = [...options.matchAll(/-H '([^:]+): ([^']+)'/g)].map(([, name = '', value = '']) => [name, value]);
    const [, body] = /-d '([^']*)'/.exec(options) ?? [];
    const init = { headers: Object.fromEntries(headers), ...(body !== undefined && { method: 'POST', body }) };
    const answer = await fetch(url, init);
    ran.push({ status: answer.status, text: await answer.text() });
  }
  return ran;
}

describe('npm start ends at once, with a sentence, when', () => {
  test.each(['abc', '65536', '-1', '40.5'])('PORT is %s', async (port) => {
    const running = start({ PORT: port });

    expect(await running.ended).toEqual({ code: 1, signal: null });
    expect(running.output()).toBe(`PORT must be a number from 0 to 65535, not "${port}".\n`);
  });

  test.each(['127.0.0.1', '0.0.0.0'])('its port is taken on %s', async (host) => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, host, resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as AddressInfo;

    const running = start({ PORT: String(port) });

    expect(await running.ended).toEqual({ code: 1, signal: null });
    expect(running.output()).toBe(
      `Port ${port} is in use. Choose another one, or any that is free: PORT=0 npm start\n`,
    );
    expect(running.leftFolders()).toEqual([]);
  });
});

describe('npm start', SLOW, () => {
  test('can be played with, in a shell full of foreign variables, until Ctrl-C', async () => {
    const running = start({ ...FOREIGN_VARIABLES, PORT: '0' });
    await running.until('Ctrl-C ends it');

    const commands = await runCommands(running.output());
    const routes = await runRoutesOfTargets(running.output());
    const before = await curl(running, '/tasks');
    const dry = await curl(running, '/sweep', 'dry');
    const unchanged = await curl(running, '/tasks');
    const real = await curl(running, '/sweep', 'real');
    const after = await curl(running, '/tasks');
    const report = await curl(running, '/report');
    const chats = [];
    for (const chat of ['/slack', '/feishu']) {
      const list = await curl(running, chat, 'list prod');
      const question = await curl(running, chat, 'press 1');
      chats.push({ list, question, answer: await curl(running, chat, 'press 1') });
    }
    const many = [await curl(running, '/slack', 'cancel-all prod'), await curl(running, '/slack', 'press 1')];
    const sweep = await curl(running, '/feishu', 'sweep');
    const ports = portsIn(running.output());
    running.child.kill('SIGINT');

    expect(before.match(/DOING/g)).toHaveLength(10);
    expect(before.match(/FAIL/g)).toHaveLength(3);
    expect(dry).toMatch(/due=7\b/);
    expect(unchanged).toBe(before);
    expect(real.match(/deleted [0-9a-f]{32}/g)).toHaveLength(7);
    expect(after.match(/DOING/g)).toHaveLength(6);
    expect(report).toContain('Deleted: 7 tasks.');
    expect(running.output()).toContain('A report in Slack:\n# SFS Turbo sweep: tasks were deleted');
    for (const { list, question, answer } of chats) {
      expect(list).toContain('[5 Cancel…]');
      expect(question).toContain('[1 ! Stop and delete it] [2 Keep it]');
      expect(answer).toContain('was stopped and deleted');
    }
    expect(many[0]).toContain('[1 ! Stop and delete these] [2 Keep them]');
    expect(many[1]).toMatch(/tasks? (was|were) stopped and deleted:/);
    // the timer has deleted what was due; new ones come as they go
    expect(sweep).toMatch(/Nothing is due|\[1 ! Delete them now\]/);
    expect(commands.map(({ code }) => code)).toEqual([0, 0, 0, 2, 2, 2, 0, 0, 2, 0]);
    expect(commands.slice(6).map(({ output }) => output)).toEqual([
      expect.stringMatching(/ok +partner +tasks of big/),
      expect.stringContaining('1 task of east/big.'),
      expect.stringContaining('north/big, east/big, partner/big'),
      expect.stringContaining('of 3 targets'),
    ]);
    expect(routes.map(({ status }) => status)).toEqual([200, 202, 200]);
    expect(routes.map(({ text }) => text)).toEqual([
      expect.stringContaining('/home/huge'),
      expect.stringContaining('"outcome":"accepted"'),
      expect.stringMatching(/"targets":2\b.*"target":"east"/s),
    ]);
    expect(commands.slice(3, 6).every(({ output }) => output.includes('Add --yes to delete'))).toBe(true);
    const tooLong = running
      .output()
      .split('\n')
      .filter((line) => line.length > 100 && !line.includes('http'));
    expect(tooLong).toEqual([]);
    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(await Promise.all(ports.map(isListening))).toEqual(ports.map(() => false));
    expect(running.leftFolders()).toEqual([]);
  });

  test.each([
    { what: 'it gets SIGHUP', run: () => start({ PORT: '0' }), signal: 'SIGHUP' as const },
    { what: 'npm is killed', run: () => startCommand('npm', ['start'], { PORT: '0' }), signal: 'SIGKILL' as const },
  ])('leaves nothing behind when $what', async ({ run, signal }) => {
    const running = run();
    await running.until('Ctrl-C ends it');
    const ports = portsIn(running.output());
    const listened = await Promise.all(ports.map(isListening));

    running.child.kill(signal);

    await holds(async () => !(await Promise.all(ports.map(isListening))).includes(true));
    await holds(() => running.leftFolders().length === 0);
    expect(listened).toEqual(ports.map(() => true));
  });

  test('leaves nothing behind when it is ended while it starts', async () => {
    const running = start({ PORT: '0' });
    await running.until('Starting');
    await holds(() => running.leftFolders().length > 0);

    running.child.kill('SIGINT');

    expect(await running.ended).toEqual({ code: 0, signal: null });
    expect(running.output()).toMatch(/^Starting .*\n$/);
    expect(running.leftFolders()).toEqual([]);
  });
});
