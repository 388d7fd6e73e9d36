import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { RIGHTS } from '../../lib/core/caller.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { documentedRoutes } from '../openapi.ts';
import { type Deployment, deploy, httpEvent } from '../support/deployment.ts';
import { ended, HOUR_MS } from '../support/sweep-instance.ts';

const page = readFileSync('docs/http-api.md', 'utf8');
const examples = [...page.matchAll(/```sh\n(curl [\s\S]*?)\n```\n\n```json\n([\s\S]*?)```/g)].map(
  ([, command = '', answer = '']) => ({ command: command.replace(/\\\n\s*/g, ''), answer: JSON.parse(answer) }),
);

/** A share with two stuck tasks and a stale result, as the examples have it. */
async function deployExamples() {
  const deployment = await deploy({
    rights: RIGHTS.join('+'),
    variables: { ALLOWED_SHARES: '*', SWEEP_SHARES: '*', SWEEP_KEEP_LATEST: '0' },
  });
  const { cloud, shareId } = deployment;
  const running = (hours: number) => ({ status: 'DOING', beginTime: formatTaskTime(Date.now() - hours * HOUR_MS) });
  cloud.addTask(shareId, { id: 'task-1', path: '/builds/b', ...running(8) });
  cloud.addTask(shareId, { id: 'task-2', path: '/builds/a', ...running(2) });
  cloud.addTask(shareId, { id: 'task-3', path: '/home', ...ended(50 * HOUR_MS) });
  return deployment;
}

/** Sends what curl would send for a command in double quotes. */
async function run({ cloud, shareId, callerKey, invoke }: Deployment, command: string) {
  const values: Readonly<Record<string, string>> = {
    ...{ DU_URL: '', DU_KEY: callerKey, DU_PROJECT: cloud.projectId, DU_SHARE: shareId },
    ...{ DU_TASK_1: 'task-1', DU_TASK_2: 'task-2' },
  };
  const expanded = command.replace(/\$(\w+)/g, (_, name: string) => values[name] ?? `$${name}`);
  const words = [...expanded.matchAll(/"((?:\\.|[^"])*)"/g)].map(([, word = '']) => word.replace(/\\(.)/g, '$1'));
  const [url = '', ...others] = words;
  const headers = Object.fromEntries(
    others
      .filter((word) => /^[\w-]+: /.test(word))
      .map((word) =>
        word
          .toLowerCase()
          .split(': ', 1)
          .concat(word.slice(word.indexOf(': ') + 2)),
      ),
  );
  const body = others.find((word) => word.startsWith('{'));
  const method = /-X (\w+)/.exec(expanded)?.[1] ?? (body === undefined ? 'GET' : 'POST');
  const [path = '', query = ''] = url.split('?');
  const answer = await invoke({ ...httpEvent(method, path, headers, body), rawQueryString: query });
  return { route: `${method} ${path}`, status: answer.statusCode, body: JSON.parse(answer.body) };
}

/** What of an answer is the same every day: the names of its members, and every value that is no id, age, time or count of a file. */
function formOf(value: unknown): unknown {
  const text = JSON.stringify(value, (name, member: unknown) => {
    if (/_id$|_time$|next_marker|age_s|_ms$/.test(name)) return typeof member;
    return name === 'file_count' ? 'object' : member;
  });
  return JSON.parse(text);
}

describe('the page on the HTTP API', () => {
  test.each(examples)('$command is answered as the page says', async ({ command, answer }) => {
    const { status, body } = await run(await deployExamples(), command);

    expect(status).toBeLessThan(300);
    expect(formOf(body)).toMatchObject(formOf(answer) as object);
    const isSweep = command.includes('/v1/sweeps');
    // of the counts of a sweep the page leaves some out
    if (!isSweep) expect(formOf(body)).toEqual(formOf(answer));
  });

  test('has an example for every route with a key', async () => {
    const deployment = await deployExamples();
    const answers = await Promise.all(examples.map(({ command }) => run(deployment, command)));

    const patterns = documentedRoutes
      .filter(({ path, operation }) => operation.tags[0] === 'http' && !/healthz|webhooks/.test(path))
      .map(({ method, path }) => new RegExp(`^${method} ${path.replace(/\{\w+\}/g, '[^/]+')}$`));
    expect(patterns.filter((pattern) => !answers.some(({ route }) => pattern.test(route)))).toEqual([]);
  });

  test('fits a screen', () => {
    const lines = page.split('\n');

    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
  });
});
