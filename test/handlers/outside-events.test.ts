import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseTimerEvent } from '../../handlers/requests/timer-event.ts';
import { FunctionGraphContext } from '../support/contexts.ts';
import { deploy } from '../support/deployment.ts';

type Event = Readonly<Record<string, unknown>>;

/** An event that others published, one of them captured at a real gateway; each file names its source. */
function outside(name: string): Event {
  return JSON.parse(readFileSync(`test/events/${name}.json`, 'utf8')).event;
}

const PREFIX = outside('functiongraph-outside-prefix');
const CONSOLE = outside('functiongraph-outside-console');
const PLAIN_BODY = outside('functiongraph-outside-plain-body');
const TEMPLATE = outside('functiongraph-outside-template');

describe('an event of FunctionGraph from outside', () => {
  test.each([
    { name: 'captured behind a prefix route', event: PREFIX },
    { name: 'of the console', event: CONSOLE },
    { name: 'with a plain body', event: PLAIN_BODY },
    { name: 'of the template', event: TEMPLATE },
  ])('$name gets the 404 of the function', async ({ event }) => {
    const { invoke } = await deploy();

    const answer = await invoke(event, new FunctionGraphContext());

    expect(answer).toMatchObject({ statusCode: 404, isBase64Encoded: false });
  });

  test('cancels a task by the path behind a prefix, whatever is in pathParameters', async () => {
    const { cloud, shareId, callerKey, invoke } = await deploy();
    const taskId = cloud.addTask(shareId);
    const rest = `${cloud.projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${taskId}`;

    const answer = await invoke(
      {
        ...PREFIX,
        httpMethod: 'DELETE',
        path: `/v1/${rest}`,
        pathParameters: { '': rest },
        headers: { ...Object(PREFIX['headers']), authorization: `Bearer ${callerKey}` },
      },
      new FunctionGraphContext(),
    );

    expect(answer.statusCode).toBe(202);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });

  test.each([
    { name: 'of the console, its header names in mixed case', event: CONSOLE, header: 'Authorization' },
    { name: 'with a plain body', event: PLAIN_BODY, header: 'authorization' },
  ])('cancels a task: $name', async ({ event, header }) => {
    const { cloud, shareId, callerKey, invoke } = await deploy();
    const taskId = cloud.addTask(shareId);

    const answer = await invoke(
      {
        ...event,
        path: '/v1/tasks/cancel',
        body: JSON.stringify({ share_id: shareId, task_id: taskId }),
        headers: { ...Object(event['headers']), [header]: `Bearer ${callerKey}` },
      },
      new FunctionGraphContext(),
    );

    expect(answer.statusCode).toBe(202);
    expect(cloud.deletedTaskIds).toEqual([taskId]);
  });
});

describe('a timer event from outside', () => {
  test.each(['timer-outside-json', 'timer-outside-text'])('%s is taken with an order of ours in it', (name) => {
    const order = parseTimerEvent({ ...outside(name), user_event: '{"dry_run": true}' });

    expect(order).toEqual({ dryRun: true });
  });

  test.each([
    { name: 'timer-outside-json', fault: 'unknown field "message"' },
    { name: 'timer-outside-text', fault: 'user_event' },
  ])('$name is refused for what is in it', ({ name, fault }) => {
    const parse = () => parseTimerEvent(outside(name));

    expect(parse).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(parse).toThrow(fault);
  });
});
