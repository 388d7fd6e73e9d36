import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { send } from './caller.ts';
import { type Lambda, type LambdaOptions, startLambda } from './lambda.ts';

// it comes with serverless-offline, which serves it
const offline = createRequire(resolve('node_modules/serverless-offline/package.json'));
const { InvokeCommand, LambdaClient } = offline('@aws-sdk/client-lambda');

async function withFunction(options: Partial<LambdaOptions> = {}) {
  const events: unknown[] = [];
  const functions = { timer: (event: unknown) => events.push(event), other: () => undefined };
  const lambda = await startLambda({ functions, ...options });
  onTestFinished(() => lambda.close());
  return { lambda, events };
}

/** AWS's own client; the answer, or the name of the error. */
async function invoke(lambda: Lambda, input: object = {}, settings: object = {}): Promise<unknown> {
  const { key: credentials, region, url: endpoint } = lambda;
  const client = new LambdaClient({ credentials, endpoint, region, maxAttempts: 1, ...settings });
  const command = new InvokeCommand({ FunctionName: 'timer', InvocationType: 'Event', Payload: '{}', ...input });
  try {
    return (await client.send(command)).StatusCode;
  } catch (error) {
    return error instanceof Error ? error.name : error;
  } finally {
    client.destroy();
  }
}

test("runs a function that AWS's own client invokes, by its name and by its ARN", async () => {
  const { events, lambda } = await withFunction();

  const byName = await invoke(lambda, { Payload: '{"targets":["prod"]}' });
  const byArn = await invoke(lambda, { FunctionName: lambda.arn('timer') });
  await lambda.idle();

  expect([byName, byArn]).toEqual([202, 202]);
  expect(events).toEqual([{ targets: ['prod'] }, {}]);
  expect(lambda.invocations).toMatchObject([{ state: 'succeeded' }, { state: 'succeeded' }]);
});

test.each([
  ['a wrong secret', { secretAccessKey: 'wrong' }, 'InvalidSignatureException'],
  ['an unknown key', { accessKeyId: 'ASIAUNKNOWN' }, 'UnrecognizedClientException'],
  ['another session', { sessionToken: 'other' }, 'UnrecognizedClientException'],
  ['no session', { sessionToken: undefined }, 'UnrecognizedClientException'],
])('refuses %s', async (_name, changes, expected) => {
  const { lambda } = await withFunction();

  const outcome = await invoke(lambda, {}, { credentials: { ...lambda.key, ...changes } });

  expect(outcome).toBe(expected);
  expect(lambda.invocations).toEqual([]);
});

test.each([
  ['another region', {}, { region: 'us-east-1' }, 'InvalidSignatureException'],
  ['a clock that is off', {}, { systemClockOffset: 6 * 60_000 }, 'InvalidSignatureException'],
  ['a synchronous call', { InvocationType: 'RequestResponse' }, {}, 'InvalidParameterValueException'],
  ['a payload that is not JSON', { Payload: '{' }, {}, 'InvalidRequestContentException'],
  ['more than 1 MB', { Payload: JSON.stringify('x'.repeat(1024 * 1024)) }, {}, 'RequestTooLargeException'],
  ['a function that is not there', { FunctionName: 'none' }, {}, 'AccessDeniedException'],
])('refuses %s', async (_name, input, settings, expected) => {
  const { lambda } = await withFunction();

  const outcome = await invoke(lambda, input, settings);

  expect(outcome).toBe(expected);
  expect(lambda.invocations).toEqual([]);
});

test('lets a key invoke the functions that it may, and no other', async () => {
  const { lambda } = await withFunction({ mayInvoke: ['timer'] });

  const outcomes = [await invoke(lambda), await invoke(lambda, { FunctionName: 'other' })];

  expect(outcomes).toEqual([202, 'AccessDeniedException']);
});

test('tells a key that may invoke it that a function is not there', async () => {
  const { lambda } = await withFunction({ mayInvoke: ['none'] });

  const outcome = await invoke(lambda, { FunctionName: 'none' });

  expect(outcome).toBe('ResourceNotFoundException');
});

test('asks for a signature', async () => {
  const { lambda } = await withFunction();

  const reply = await send(`${lambda.url}/2015-03-31/functions/timer/invocations`, { method: 'POST', body: '{}' });

  expect(reply).toMatchObject({
    status: 403,
    headers: { 'x-amzn-errortype': 'MissingAuthenticationTokenException' },
  });
});

test('throttles when ordered', async () => {
  const { lambda } = await withFunction();
  lambda.order({ kind: { type: 'throttle' } });

  const outcomes = [await invoke(lambda), await invoke(lambda)];

  expect(outcomes).toEqual(['TooManyRequestsException', 202]);
  expect(lambda.requests.map(({ status }) => status)).toEqual([429, 202]);
});
