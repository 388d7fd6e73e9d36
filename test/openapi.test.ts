import { readdirSync, readFileSync } from 'node:fs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import type { Route } from '../handlers/middleware/router.ts';
import type { GatewayResponse } from '../handlers/platform/answer.ts';
import { RIGHTS } from '../lib/core/caller.ts';
import type { Runtime } from '../lib/core/runtime.ts';
import { ANSWER_BY_CODE, type ErrorCode } from '../lib/core/status.ts';
import type { Cloud, FaultKind, Operation } from './cloud/cloud.ts';
import { signWebhook } from './cloud/webhook-sender.ts';
import {
  type DocumentedRoute,
  documentedResponses,
  documentedRoutes,
  expectDocumented,
  faultsOf,
  readOpenApi,
} from './openapi.ts';
import { type Deployment, deploy, httpEvent } from './support/deployment.ts';
import { EXAMPLE_SHARE, EXAMPLE_TASK } from './support/examples.ts';

const EXAMPLE_PROJECT = 'aa2d97d7e62c4b7da3ffdfc11551f878';
const CODES = Object.keys(ANSWER_BY_CODE) as ErrorCode[];

/** The failures that a route can answer with; `no_route` and `method_not_allowed` are what is not a route. */
const CODES_BY_OPERATION: Readonly<Record<string, readonly ErrorCode[]>> = {
  listTasks: without('partial', 'media_type'),
  showTask: without('partial', 'media_type'),
  cancelTaskByPath: without('partial', 'media_type'),
  cancelTask: without('partial'),
  cancelTaskByWebhook: without('partial'),
  cancelManyTasks: without(),
  // what the services answer is in its summary
  sweepNow: without('feature_invalid', ...CODES.filter((code) => /^(upstream_(?!timeout)|iam_|task_)/.test(code))),
  checkHealth: [],
  checkHealthByHead: [],
  answerSlackCommand: ['unauthenticated', 'internal', 'misconfigured', 'upstream_timeout'],
  answerSlackClick: ['unauthenticated', 'internal', 'misconfigured', 'upstream_timeout'],
  answerFeishuEvent: ['unauthenticated', 'internal', 'misconfigured', 'upstream_timeout'],
};

function without(...codes: readonly ErrorCode[]): readonly ErrorCode[] {
  return CODES.filter((code) => ![...codes, 'no_route', 'method_not_allowed', 'out_of_time'].includes(code));
}

const servedBy = (name: string) => documentedRoutes.filter(({ operation }) => operation.tags[0] === name);
const failuresOf = ({ operation }: DocumentedRoute) =>
  Object.entries(operation.responses).filter(([status]) => Number(status) >= 400);

describe('the document', () => {
  test('is valid OpenAPI 3.0.3', async () => {
    const validator = new Validator();

    const result = await validator.validate(readOpenApi());

    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.0');
    expect(readOpenApi()['openapi']).toBe('3.0.3');
  });

  test('has the version of the package, and each operation once', () => {
    const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
    const ids = documentedRoutes.map(({ operation }) => operation.operationId);

    expect(readOpenApi()['info']).toMatchObject({ version });
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('has no example that its own schema refuses', () => {
    const responses = [
      ...documentedRoutes.flatMap(({ operation }) => Object.values(operation.responses)),
      ...Object.values(documentedResponses),
    ];
    const bodies = documentedRoutes.flatMap(({ operation }) => operation.requestBody ?? []);

    const contents = [...responses, ...bodies].flatMap(({ content }) => Object.values(content ?? {}));
    const faults = contents.flatMap(({ schema, examples = {} }) =>
      Object.values(examples).map(({ value }) => faultsOf(schema, value)),
    );

    expect(faults.length).toBeGreaterThan(0);
    expect(faults.filter((fault) => fault !== '')).toEqual([]);
  });
});

describe('the routes', () => {
  const functions = readdirSync('handlers')
    .filter((file) => file.endsWith('.ts') && !['timer.ts', 'command-line.ts'].includes(file))
    .map((file) => file.replace('.ts', ''));

  test.each(functions)('of the function %s are all there, and no others', async (name) => {
    const { createRoutes }: { createRoutes: (apps: object) => readonly Route[] } = await import(
      `../handlers/${name}.ts`
    );

    const coded = createRoutes({}).map(({ method, path }) => `${method} ${path}`);

    const documented = servedBy(name).map(({ method, path }) => `${method} ${path}`);
    expect(documented.toSorted()).toEqual(coded.toSorted());
  });

  test('are each served by a function that there is', () => {
    const names = documentedRoutes.map(({ operation }) => operation.tags);

    expect(names.every((tags) => tags.length === 1 && functions.includes(tags[0] ?? ''))).toBe(true);
  });

  test.each(documentedRoutes)('$method $path has every failure that it can answer with', (route) => {
    const expected = CODES_BY_OPERATION[route.operation.operationId]?.map(
      (code) => `${ANSWER_BY_CODE[code].status} ${code}`,
    );

    const documented = failuresOf(route).flatMap(([status, { content }]) =>
      Object.keys(content?.['application/json']?.examples ?? {}).map((code) => `${status} ${code}`),
    );

    expect(documented.toSorted()).toEqual(expected?.toSorted());
  });

  test.each(documentedRoutes)('$method $path names its own errCodes as the table does', (route) => {
    for (const [, { content }] of failuresOf(route)) {
      const { schema, examples = {} } = content?.['application/json'] ?? { schema: {} };
      const own = CODES.filter((code) => code in examples).map((code) => ANSWER_BY_CODE[code].errCode);
      const { errCode } = schema['properties'] as { errCode: { enum?: string[] } };
      // upstream's codes are no closed list
      const isOpen = own.includes(null);

      expect(errCode.enum?.toSorted()).toEqual(isOpen || own.length > 2 ? undefined : own.toSorted());
    }
  });
});

describe('every example request', () => {
  const examples = servedBy('http').flatMap((route) => {
    const bodies = Object.entries(route.operation.requestBody?.content?.['application/json']?.examples ?? {});
    return bodies.length === 0
      ? [{ route, name: 'its path', body: undefined }]
      : bodies.map(([name, { value }]) => ({ route, name, body: value }));
  });

  test.each(examples)(
    '$route.method $route.path: $name is answered as its example says',
    async ({ route, name, body }) => {
      const deployed = await deployExample();
      const deployment = name === 'of_targets' ? withTargets(deployed) : deployed;

      const answer = await send(deployment, route, { body });

      const [[status, success] = []] = Object.entries(route.operation.responses);
      const answers = success?.content?.['application/json']?.examples ?? {};
      const example = answers[name] ?? Object.values(answers)[0];
      expect(String(answer.statusCode)).toBe(status);
      expect(toExample(deployment, answer)).toEqual(example?.value);
    },
  );
});

interface Provocation {
  readonly variables?: Readonly<Record<string, string>> | undefined;
  readonly runtime?: Partial<Runtime> | undefined;
  readonly fault?: FaultKind;
  /** What the fault is for, where it is not the route's own request. */
  readonly operation?: Operation;
  readonly change?: Change;
}

const status = (code: number, body?: object): FaultKind => ({
  type: 'status',
  status: code,
  ...(body !== undefined && { body }),
});

const PROVOCATIONS: Readonly<
  Record<Exclude<ErrorCode, 'no_route' | 'method_not_allowed' | 'out_of_time'>, Provocation>
> = {
  feature_invalid: { change: { fields: { feature: 'du' } } },
  invalid_input: { change: { fields: { share_id: '_' } } },
  unauthenticated: { change: { isAuthenticated: false } },
  forbidden: { change: { fields: { share_id: EXAMPLE_SHARE.replace('7', '8') } } },
  body_too_large: { change: { text: ' '.repeat(65_537) } },
  media_type: { change: { mediaType: 'text/plain' } },
  internal: {
    runtime: {
      now: () => {
        throw new TypeError('a bug');
      },
    },
  },
  iam_rejected: { variables: { HW_USER_PASSWORD: 'another' } },
  partial: { operation: 'DeleteFsTask', fault: status(403), change: { fields: { dry_run: false } } },
  upstream_invalid: { fault: status(302) },
  upstream_unavailable: { fault: status(503) },
  misconfigured: { variables: { CALLER_KEYS: '', WEBHOOK_SECRETS: '' } },
  upstream_timeout: { variables: { REQUEST_TIMEOUT_MS: '150' }, fault: { type: 'silence' } },
  upstream_bad_request: { fault: status(400, { errCode: 'SFS.TURBO.0041', errMsg: 'Operation is not allowed' }) },
  upstream_forbidden: { fault: status(403) },
  task_not_found: { fault: status(404) },
  upstream_conflict: { fault: status(409, { errCode: 'SFS.TURBO.0011', errMsg: 'wait and retry' }) },
  upstream_error: { fault: status(500) },
  upstream_throttled: { fault: { type: 'throttle', retryAfter: '7' } },
};

/** Where a sweep takes another one. */
const PROVOCATIONS_OF_SWEEP: Partial<typeof PROVOCATIONS> = {
  invalid_input: { change: { fields: { dry_run: 'no' } } },
  forbidden: { change: { fields: { shares: [EXAMPLE_SHARE.replace('7', '8')] } } },
  partial: { fault: status(403) },
};

const UPSTREAM: Readonly<Record<string, Operation>> = {
  listTasks: 'ListFsTasks',
  showTask: 'ShowFsTask',
  cancelManyTasks: 'ListFsTasks',
  sweepNow: 'ListFsTasks',
};

/** A sweep ends before the time-out of its route, whatever the service does. */
const isSafetyNet = (operationId: string, name: string) => operationId === 'sweepNow' && name === 'upstream_timeout';

describe('every failure', () => {
  const failures = servedBy('http')
    .flatMap((route) =>
      failuresOf(route).flatMap(([code, { content }]) =>
        Object.entries(content?.['application/json']?.examples ?? {}).map(([name, { value }]) => ({
          route,
          status: Number(code),
          name: name as keyof typeof PROVOCATIONS,
          value,
        })),
      ),
    )
    .filter(({ route, name }) => !isSafetyNet(route.operation.operationId, name));

  test.each(failures)('$route.method $route.path: $name is answered as its example says', async (failure) => {
    const { operationId } = failure.route.operation;
    const provocation =
      (operationId === 'sweepNow' && PROVOCATIONS_OF_SWEEP[failure.name]) || PROVOCATIONS[failure.name];
    const { variables, runtime, fault, change } = provocation;
    const deployment = await deployExample({ variables, runtime });
    const operation = provocation.operation ?? UPSTREAM[operationId] ?? 'DeleteFsTask';
    if (fault !== undefined) deployment.cloud.order({ operation, kind: fault });

    const answer = await send(deployment, failure.route, change);

    expect(answer.statusCode).toBe(failure.status);
    expect(toExample(deployment, answer)).toEqual(failure.value);
    expect(answer.headers['retry-after']).toBe(failure.name === 'upstream_throttled' ? '7' : undefined);
  });

  test.each([
    { response: 'NoRoute', path: '/v1/tasks' },
    { response: 'MethodNotAllowed', path: '/v1/tasks/cancel' },
  ])('$response is answered as its example says', async ({ response, path }) => {
    const { invoke } = await deployExample();

    const answer = await invoke(httpEvent('GET', path));

    const [example] = Object.values(documentedResponses[response]?.content?.['application/json']?.examples ?? {});
    expect(JSON.parse(answer.body)).toEqual(example?.value);
  });
});

describe('an answer that differs from the document is noticed', () => {
  const good: GatewayResponse = {
    statusCode: 413,
    headers: { 'content-type': 'application/json', 'x-request-id': 'request-1', 'cache-control': 'no-store' },
    body: '{"errCode":"FN.BODY_TOO_LARGE","errMsg":""}',
    isBase64Encoded: false,
  };
  const event = httpEvent('POST', '/v1/tasks/cancel');

  test('and one that does not is not', () => {
    expect(() => expectDocumented(event, good)).not.toThrow();
  });

  test.each<{ name: string; event?: unknown; change: Partial<GatewayResponse> }>([
    { name: 'a status that is not there', change: { statusCode: 418 } },
    { name: 'an errCode of another status', change: { body: good.body.replace('BODY_TOO_LARGE', 'MEDIA_TYPE') } },
    { name: 'a field more', change: { body: good.body.replace('}', ',"stack":""}') } },
    { name: 'a field less', change: { body: '{"errCode":"FN.BODY_TOO_LARGE"}' } },
    { name: 'a header more', change: { headers: { ...good.headers, 'x-powered-by': 'a' } } },
    { name: 'a header less', change: { headers: { 'content-type': 'application/json', 'x-request-id': 'a' } } },
    { name: 'a header of another form', change: { headers: { ...good.headers, 'cache-control': 'public' } } },
    { name: 'another media type', change: { headers: { ...good.headers, 'content-type': 'text/html' } } },
    { name: 'a failure that this route cannot have', event: httpEvent('GET', '/healthz'), change: {} },
    {
      name: 'a body where there must be none',
      event: httpEvent('HEAD', '/healthz'),
      change: { statusCode: 200, body: '{"status":"ok"}' },
    },
    { name: 'anything but 404 for no route', event: httpEvent('POST', '/v1/tasks'), change: {} },
    { name: 'anything but 405 for another method', event: httpEvent('PUT', '/v1/tasks/cancel'), change: {} },
  ])('$name', ({ event: other = event, change }) => {
    expect(() => expectDocumented(other, { ...good, ...change })).toThrow();
  });
});

async function deployExample({
  variables,
  runtime,
}: Pick<Provocation, 'variables' | 'runtime'> = {}): Promise<Deployment> {
  const deployment = await deploy({
    rights: RIGHTS.join('+'),
    variables: {
      ...{ ALLOWED_SHARES: EXAMPLE_SHARE, SWEEP_SHARES: EXAMPLE_SHARE, SWEEP_KEEP_LATEST: '0', MAX_ATTEMPTS: '1' },
      ...variables,
    },
    ...(runtime !== undefined && { runtime }),
  });
  addExample(deployment.cloud);
  return deployment;
}

/** The project of the example is one of two targets. */
function withTargets({ cloud, coldStart }: Deployment): Deployment {
  const team = cloud.account.addProject(`${cloud.region}_team`);
  const targets = [
    { name: 'prod', project_id: cloud.projectId, shares: [EXAMPLE_SHARE] },
    { name: 'team', project_id: team.id, shares: '*' },
  ];
  const without = { ALLOWED_SHARES: '', SWEEP_SHARES: '', HW_PROJECT_ID: '', HW_PROJECT_NAME: '' };
  return coldStart({ ...without, TARGETS: JSON.stringify(targets) });
}

function addExample(cloud: Cloud): void {
  cloud.addShare({ id: EXAMPLE_SHARE });
  const times = { beginTime: '2024-03-01 11:46:01', endTime: '2024-03-01 11:47:31' };
  cloud.addTask(EXAMPLE_SHARE, { id: EXAMPLE_TASK, path: '/builds/nightly', status: 'SUCCESS', ...times });
}

interface Change {
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly body?: unknown;
  readonly text?: string;
  readonly mediaType?: string;
  readonly isAuthenticated?: boolean;
}

/** The route's example request, or one that differs from it; the example's project is the cloud's. */
function send(deployment: Deployment, { method, path, operation }: DocumentedRoute, change: Change = {}) {
  const { parameters = [] } = operation;
  const examplesIn = (place: string) =>
    Object.fromEntries(
      parameters.flatMap(({ name, in: at, example }) => (at === place && example ? [[name, example]] : [])),
    );
  const fields: Readonly<Record<string, unknown>> = { ...examplesIn('path'), ...change.fields };
  const content = operation.requestBody?.content?.['application/json'];
  const body = { ...((change.body ?? content?.examples?.['shortest']?.value) as object), ...change.fields };
  const text = toCloud(deployment, change.text ?? (content === undefined ? '' : JSON.stringify(body)));
  const url = toCloud(
    deployment,
    path.replace(/\{(\w+)\}/g, (_, name: string) => String(fields[name] ?? '')),
  );
  const headers = {
    ...(content !== undefined && { 'content-type': change.mediaType ?? 'application/json' }),
    ...(change.isAuthenticated !== false && credentials(deployment, path, text)),
  };
  const rawQueryString = new URLSearchParams(examplesIn('query')).toString();
  return deployment.invoke({ ...httpEvent(method, url, headers, text), rawQueryString });
}

function credentials({ callerKey, webhookSecret }: Deployment, path: string, text: string): Record<string, string> {
  return path.includes('webhooks')
    ? signWebhook(webhookSecret, 'msg_1', text)
    : { authorization: `Bearer ${callerKey}` };
}

function toCloud({ cloud }: Deployment, text: string): string {
  return text.replaceAll(EXAMPLE_PROJECT, cloud.projectId);
}

function toExample({ cloud }: Deployment, { body }: GatewayResponse): unknown {
  const text = body
    .replaceAll(cloud.projectId, EXAMPLE_PROJECT)
    // these are of the day
    .replace(/"(age_s|longest_due_s)":[1-9]\d*/g, '"$1":86400')
    .replace(/"duration_ms":\d+/, '"duration_ms":150');
  return text === '' ? undefined : JSON.parse(text);
}
