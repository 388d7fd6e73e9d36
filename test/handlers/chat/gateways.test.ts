import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createHandler } from '../../../handlers/chat.ts';
import { createChatApp } from '../../../lib/chat/app.ts';
import { readChatConfig } from '../../../lib/config/read-config.ts';
import { nodeRuntime } from '../../../lib/core/runtime.ts';
import { startCloud } from '../../cloud/cloud.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { renderSlack } from '../../support/chat-platforms/slack-blocks.ts';
import { FunctionGraphContext, lambdaContext } from '../../support/contexts.ts';
import { EXAMPLE_CHAT_AT_MS, EXAMPLE_SHARE, EXAMPLE_TASK, exampleChatVariables } from '../../support/examples.ts';
import { onlyApp } from '../../support/only-app.ts';

/** What each of the example events is answered with. */
const ANSWERS: Readonly<Record<string, (body: Record<string, never>) => void>> = {
  'slack-command': (body) => expect(renderSlack(body)).toContain('1 task of `prod`, newest first'),
  'slack-click': (body) => expect(renderSlack(body)).toContain('# Cancel this task?'),
  'feishu-message': (body) => expect(body).toEqual({}),
  'feishu-click': (body) => {
    const { card } = body as { card?: { data: Record<string, unknown> } };
    expect(renderCard(card?.data ?? {})).toContain('# Cancel this task?');
  },
  'feishu-url-check': (body) => expect(body).toEqual({ challenge: 'ajls384kdjx98XX' }),
};

async function deployExamples(nowMs = EXAMPLE_CHAT_AT_MS) {
  const cloud = await startCloud({ now: () => nowMs });
  onTestFinished(() => cloud.close());
  cloud.addShare({ id: EXAMPLE_SHARE });
  cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK, path: '/home' });
  // nobody listens there: what is posted gets lost, as the example's addresses are nobody's
  const nowhere = 'http://127.0.0.1:9';
  const variables: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    ...exampleChatVariables,
    FEISHU_BASE_URL: nowhere,
  };
  const config = readChatConfig((name) => variables[name]);
  const app = createChatApp(config, { ...nodeRuntime, now: () => nowMs, write: () => {} }, undefined, undefined, [
    nowhere,
  ]);
  onTestFinished(() => app.close());
  return { cloud, handler: createHandler(onlyApp(app)) };
}

const examples = readdirSync('test/events').filter((name) => /^(slack|feishu)-/.test(name));

describe('every gateway', () => {
  test('has one example of each kind', () => {
    const kinds = Object.keys(ANSWERS).flatMap((kind) => [`${kind}-functiongraph.json`, `${kind}-http-api.json`]);

    expect(examples).toEqual(kinds.toSorted());
  });

  test.each(examples)('%s is answered', async (name) => {
    const { cloud, handler } = await deployExamples();
    const event = JSON.parse(readFileSync(`test/events/${name}`, 'utf8'));
    const context = name.includes('functiongraph') ? new FunctionGraphContext() : lambdaContext();

    const answer = await handler(event, context);

    expect(answer).toMatchObject({ statusCode: 200, isBase64Encoded: false });
    ANSWERS[name.replace(/-(http-api|functiongraph)\.json$/, '')]?.(JSON.parse(answer.body));
    expect(cloud.deletedTaskIds).toEqual([]);
  });

  test.each(examples.filter((name) => name.startsWith('slack-')))('%s is refused six minutes later', async (name) => {
    const { cloud, handler } = await deployExamples(EXAMPLE_CHAT_AT_MS + 360_000);

    const answer = await handler(JSON.parse(readFileSync(`test/events/${name}`, 'utf8')), lambdaContext());

    expect(answer.statusCode).toBe(401);
    expect(cloud.requests).toEqual([]);
  });
});
