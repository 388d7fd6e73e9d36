import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

type Fields = Readonly<Record<string, unknown>>;
interface Plan {
  readonly name: string;
  readonly urn: string;
  readonly handler: string;
  readonly userData: Fields;
  readonly encryptedUserData: Fields;
  readonly asyncInvocation: Fields | undefined;
  readonly triggers: readonly { readonly eventData: Fields }[];
}

const { planFunctions } = createRequire(import.meta.url)('../../../../deploy/functiongraph/plan/functions.cjs') as {
  planFunctions: (target: Fields) => readonly Plan[];
};

const ROUTE = { method: 'GET', path: '/healthz', auth: 'NONE' };
const GATEWAY = { instanceId: 'gateway-1', groupId: 'group-1' };

/** The plan of one function, `http`. */
function planOf(own: Fields, settings: Fields = {}, names: Fields = {}): Plan | undefined {
  const functiongraph = { memoryMB: 256, timeoutSeconds: 90, ...own };
  const { handler = 'handlers/http.handler', ...service } = names;
  const [plan] = planFunctions({
    name: 'du',
    stage: 'test',
    settings: { region: 'cn-north-4', ...settings },
    functions: { http: { handler, functiongraph }, onAwsOnly: { handler } },
    credentials: { projectId: 'p1' },
    ...service,
  });
  return plan;
}

test('a function is named after its service and stage, and has its handler in the root', () => {
  const plan = planOf({});

  expect(plan).toMatchObject({
    name: 'du-test-http',
    urn: 'urn:fss:cn-north-4:p1:function:default:du-test-http',
    handler: 'http.handler',
    asyncInvocation: undefined,
    triggers: [],
  });
});

test('a function adds to the variables of the service and overrides them, and blank ones are left out', () => {
  const plan = planOf(
    { userData: { LEVEL: 2, BLANK: '' }, encryptedUserData: { KEY: 'k' } },
    { userData: { LEVEL: 1, REGION: 'r' }, encryptedUserData: { SECRET: '' } },
  );

  expect(plan?.userData).toEqual({ LEVEL: '2', REGION: 'r' });
  expect(plan?.encryptedUserData).toEqual({ KEY: 'k' });
});

test('the plain variables that FunctionGraph would not take go with the encrypted ones', () => {
  const names = Array.from({ length: 22 }, (_, index) => `V${index}`);

  const plan = planOf({
    userData: Object.fromEntries(names.map((name) => [name, 'x'])),
    encryptedUserData: { KEY: 'k' },
  });

  expect(Object.keys(plan?.userData ?? {})).toEqual(names.slice(0, 20));
  expect(plan?.encryptedUserData).toEqual({ KEY: 'k', V20: 'x', V21: 'x' });
});

test.each([
  { timer: { cron: '0 15 2 * * ?' }, event: { schedule_type: 'Cron', schedule: '0 15 2 * * ?' } },
  {
    timer: { cron: '0 15 2 * * ?', timezone: 'Asia/Shanghai' },
    event: { schedule_type: 'Cron', schedule: 'CRON_TZ=Asia/Shanghai 0 15 2 * * ?' },
  },
  { timer: { cron: '@every 30m' }, event: { schedule_type: 'Cron', schedule: '@every 30m' } },
  { timer: { rate: '1h', userEvent: '{}' }, event: { schedule_type: 'Rate', schedule: '1h', user_event: '{}' } },
])('a timer is planned: $timer', ({ timer, event }) => {
  const plan = planOf({ timer: { name: 'sweep', ...timer } });

  expect(plan?.triggers[0]?.eventData).toEqual({ name: 'sweep', user_event: '', ...event });
});

test('a route takes its path alone, or all that begins with it', () => {
  const routes = [ROUTE, { ...ROUTE, path: '/v1', match: 'prefix' }];

  const plan = planOf({ routes }, { gateway: GATEWAY });

  expect(plan?.triggers.map(({ eventData }) => eventData['match_mode'])).toEqual(['NORMAL', 'SWA']);
});

test('the gateway waits for as long as the function may take, and never longer than it can', () => {
  const plan = planOf({ routes: [ROUTE, { ...ROUTE, path: '/a', timeoutMs: 5 }] }, { gateway: GATEWAY });

  expect(plan?.triggers.map(({ eventData }) => eventData['func_info'])).toEqual([{ timeout: 60_000 }, { timeout: 5 }]);
});

describe('is refused', () => {
  const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, index) => [`V${index}`, 'x']));

  test.each([
    { names: { name: 'd'.repeat(60) }, fault: 'has more than 60 characters' },
    { names: { name: '1du' }, fault: 'the name 1du-test-http may hold letters, digits, _ and - only' },
    { names: { handler: 'http' }, fault: 'the handler http is not of the form directory/file.export' },
    { own: { userData: { RUNTIME_X: '1' } }, fault: 'userData: names that begin with RUNTIME_, like RUNTIME_X, are' },
    { own: { encryptedUserData: many(21) }, fault: 'encryptedUserData: 21 variables; FunctionGraph takes 20. Leave' },
    { own: { userData: { A: '' }, encryptedUserData: { A: '' } }, fault: 'A is both in userData and in encrypted' },
    { own: { timer: { name: 'a', rate: '1h', timezone: 'UTC' } }, fault: 'timezone goes with cron, not with rate' },
    { own: { timer: { name: 'a', cron: '1 2 3' } }, fault: 'timer: cron must be "second minute' },
    { own: { routes: [ROUTE] }, fault: 'it has routes, so custom.functiongraph.gateway must name a dedicated' },
    { own: { routes: [ROUTE] }, settings: { gateway: { ...GATEWAY, groupId: '' } }, fault: 'group (APIG_GROUP_ID)' },
    { own: { routes: [ROUTE, ROUTE] }, settings: { gateway: GATEWAY }, fault: 'route GET /healthz is there twice' },
    {
      own: { routes: [{ ...ROUTE, path: '/v1/{id}' }] },
      settings: { gateway: GATEWAY },
      fault: 'route GET /v1/{id}: a path cannot have parameters; name what is before them, with match: prefix',
    },
    {
      own: { routes: Array.from({ length: 11 }, (_, index) => ({ ...ROUTE, path: `/${index}` })) },
      settings: { gateway: GATEWAY },
      fault: '11 triggers; a function may have 10',
    },
  ])('$fault', ({ own = {}, settings = {}, names = {}, fault }) => {
    expect(() => planOf(own, settings, names)).toThrow(fault);
  });

  test('a service without a function for FunctionGraph', () => {
    const service = { name: 'du', stage: 'test', settings: { region: 'r' }, credentials: { projectId: 'p1' } };

    expect(() => planFunctions({ ...service, functions: { http: { handler: 'a.b' } } })).toThrow(
      'no function has a functiongraph section',
    );
  });
});
