import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';

type Fields = Readonly<Record<string, unknown>>;
interface Existing {
  readonly id: string;
  readonly type: string;
  readonly status: string;
  readonly eventData: Fields;
}
interface Plan {
  readonly type: string;
  readonly status: string;
  readonly eventData: Fields;
}

const { compareTriggers } = createRequire(import.meta.url)('../../../deploy/functiongraph/triggers.cjs') as {
  compareTriggers: (
    wanted: readonly Plan[],
    existing: readonly Existing[],
  ) => {
    readonly obsolete: readonly Existing[];
    readonly restated: readonly { readonly existing: Existing; readonly status: string }[];
    readonly missing: readonly Plan[];
  };
};

const TIMER = { name: 'sweep', schedule_type: 'Rate', schedule: '1h', user_event: '' };
const timer = (eventData: Fields, status = 'ACTIVE'): Plan => ({ type: 'TIMER', status, eventData });
const route = (path: string, more: Fields = {}): Plan => ({
  type: 'DEDICATEDGATEWAY',
  status: 'ACTIVE',
  eventData: { path, req_method: 'POST', instance_id: 'gateway-1', func_info: { timeout: 30_000 }, ...more },
});
const existing = (id: string, plan: Plan, eventData: Fields = plan.eventData): Existing => ({ ...plan, id, eventData });

describe('a trigger is left alone', () => {
  test.each([
    { when: 'all is reported as it was sent', plan: route('/a'), reported: route('/a').eventData },
    { when: 'more is reported', plan: route('/a'), reported: { ...route('/a').eventData, api_id: '1' } },
    {
      when: 'more is reported inside',
      plan: route('/a'),
      reported: { path: '/a', func_info: { timeout: 30_000, v: 1 } },
    },
    { when: 'the gateway is not reported', plan: route('/a'), reported: { path: '/a', req_method: 'POST' } },
    { when: 'an empty user_event is not reported', plan: timer(TIMER), reported: { ...TIMER, user_event: undefined } },
    {
      when: 'the environment is reported blank',
      plan: route('/a', { env_id: 'RELEASE_ID', env_name: 'RELEASE' }),
      reported: { ...route('/a').eventData, env_id: '', env_name: '' },
    },
    { when: 'a field is reported as null', plan: route('/a'), reported: { path: '/a', instance_id: null } },
  ])('when $when', ({ plan, reported }) => {
    const changes = compareTriggers([plan], [existing('1', plan, reported)]);

    expect(changes).toEqual({ obsolete: [], restated: [], missing: [] });
  });

  test('when it is reported as in the answer of the documentation', () => {
    const { response } = JSON.parse(readFileSync('test/events/functiongraph-outside-triggers.json', 'utf8'));
    const [{ trigger_id: id, event_data: eventData }] = response;
    const { name, group_id } = eventData;
    const plan = route('/test_triggers', {
      ...{ name, group_id, req_method: 'ANY', auth: 'IAM', match_mode: 'SWA', protocol: 'HTTPS', type: 1 },
      ...{ env_id: 'DEFAULT_ENVIRONMENT_RELEASE_ID', env_name: 'RELEASE', sl_domain: 'group.example.com' },
      ...{ backend_type: 'FUNCTION', func_info: { timeout: 5000 } },
    });

    const changes = compareTriggers([plan], [existing(id, plan, eventData)]);

    expect(changes).toEqual({ obsolete: [], restated: [], missing: [] });
  });

  test('when it is of a type that is not managed here', () => {
    const changes = compareTriggers([], [{ id: '1', type: 'KAFKA', status: 'ACTIVE', eventData: {} }]);

    expect(changes.obsolete).toEqual([]);
  });
});

test.each([
  { what: 'a path', plan: route('/b'), old: existing('1', route('/a')) },
  { what: 'a timeout inside', plan: route('/a', { func_info: { timeout: 1 } }), old: existing('1', route('/a')) },
  { what: 'a schedule', plan: timer({ ...TIMER, schedule: '2h' }), old: existing('1', timer(TIMER)) },
  // the function refuses a blank one
  { what: 'a user event', plan: timer({ ...TIMER, user_event: '{}' }), old: existing('1', timer(TIMER)) },
])('$what that differs makes the trigger be replaced', ({ plan, old }) => {
  const changes = compareTriggers([plan], [old]);

  expect(changes).toEqual({ obsolete: [old], restated: [], missing: [plan] });
});

test('of a timer, the status alone is changed in place', () => {
  const old = existing('1', timer(TIMER));

  const changes = compareTriggers([timer(TIMER, 'DISABLED')], [old]);

  expect(changes).toEqual({ obsolete: [], restated: [{ existing: old, status: 'DISABLED' }], missing: [] });
});

test('an existing trigger stands for one of those that are wanted, even if it reports little', () => {
  const [first, second, third] = [existing('1', route('/a'), {}), existing('2', route('/b'), {}), route('/c')];

  const changes = compareTriggers([route('/a'), route('/b'), third], [first, second]);

  expect(changes).toEqual({ obsolete: [], restated: [], missing: [third] });
});
