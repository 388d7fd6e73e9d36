import { randomUUID } from 'node:crypto';
import { GATEWAY_EVENT, parse, TIMER_EVENT, TRIGGER_BODY, UPDATE_TRIGGER_BODY } from './bodies.ts';
import { DocumentedError } from './documented-error.ts';
import {
  type Answer,
  type Call,
  type CloudState,
  findFunction,
  type StoredFunction,
  type StoredTrigger,
} from './state.ts';

const TIME = '2026-01-01 00:00:00';

/** The operations on triggers. */
export function createTriggerOperations(state: CloudState) {
  return {
    CreateFunctionTrigger(call: Call): Answer {
      const fn = findFunction(state, call);
      const trigger = createTrigger(state, fn, call.body);
      fn.triggers.set(trigger.id, trigger);
      if (trigger.type === 'DEDICATEDGATEWAY') publishApi(state, trigger);
      return { status: 201, body: describeTrigger(fn, trigger) };
    },
    ListFunctionTriggers(call: Call): Answer {
      const fn = findFunction(state, call);
      return { status: 200, body: [...fn.triggers.values()].map((trigger) => describeTrigger(fn, trigger)) };
    },
    UpdateTrigger(call: Call): Answer {
      const { fn, trigger } = findTrigger(state, call);
      const { trigger_status } = parse(UPDATE_TRIGGER_BODY, call.body);
      if (trigger.type !== 'TIMER') throw new DocumentedError(400, 'FSS.1318', 'Invalid trigger operation.');
      trigger.status = trigger_status;
      return { status: 200, body: describeTrigger(fn, trigger) };
    },
    DeleteFunctionTrigger(call: Call): Answer {
      const { fn, trigger } = findTrigger(state, call);
      // the API that the trigger has made stays at the gateway, published
      fn.triggers.delete(trigger.id);
      return { status: 204 };
    },
  };
}

function findTrigger(state: CloudState, call: Call): { fn: StoredFunction; trigger: StoredTrigger } {
  const fn = findFunction(state, call);
  const trigger = fn.triggers.get(call.parts['id'] ?? '');
  if (!trigger || trigger.type !== call.parts['type'])
    throw new DocumentedError(404, 'FSS.1131', 'The trigger does not exist.');
  return { fn, trigger };
}

function createTrigger(state: CloudState, fn: StoredFunction, body: unknown): StoredTrigger {
  const { trigger_type_code: type, trigger_status: status, event_data } = parse(TRIGGER_BODY, body);
  if (fn.triggers.size >= 10) throw new DocumentedError(400, 'FSS.1306', 'The number of triggers exceeds the limit.');
  const eventData =
    type === 'TIMER' ? parse(TIMER_EVENT, event_data, 'FSS.1109') : parse(GATEWAY_EVENT, event_data, 'FSS.1417');
  if (type === 'TIMER') assertFreeTimer(fn, eventData);
  else assertFreeApi(state, eventData, status);
  return { id: randomUUID(), type, status: status ?? 'ACTIVE', eventData };
}

function describeTrigger(fn: StoredFunction, trigger: StoredTrigger): Record<string, unknown> {
  return {
    trigger_id: trigger.id,
    trigger_type_code: trigger.type,
    trigger_status: trigger.status,
    event_data: trigger.type === 'TIMER' ? trigger.eventData : describeApi(fn, trigger),
    last_updated_time: TIME,
    created_time: TIME,
  };
}

function describeApi(fn: StoredFunction, { id, eventData }: StoredTrigger): Record<string, unknown> {
  // the documented answer has no instance_id and no backend_type
  const { instance_id: _instance, backend_type: _backend, sl_domain: _domain, func_info, ...data } = eventData;
  return {
    ...data,
    // blank in the documented answer of the creation
    ...{ env_id: '', env_name: '' },
    triggerid: id,
    api_id: toApiId(id),
    api_name: data['name'],
    group_name: 'APIGroup_test',
    invoke_url: `https://${data['group_id']}.apic.example.com${data['path']}`,
    func_info: { function_urn: fn.urn, version: 'latest', invocation_type: 'sync', ...Object(func_info) },
  };
}

function assertFreeTimer(fn: StoredFunction, { name }: Record<string, unknown>): void {
  const taken = [...fn.triggers.values()].some((other) => other.type === 'TIMER' && other.eventData['name'] === name);
  if (taken) throw new DocumentedError(409, 'FSS.1148', 'The timer trigger already exists.');
}

function assertFreeApi({ apis }: CloudState, api: Record<string, unknown>, status: string | undefined): void {
  if (status === 'DISABLED') throw new DocumentedError(400, 'FSS.1417', 'APIG triggers cannot be disabled.');
  const others = [...apis.values()].filter(({ groupId }) => groupId === api['group_id']);
  if (others.some(({ name }) => name === api['name']))
    throw new DocumentedError(409, 'FSS.1146', 'The APIG trigger already exists.');
  if (others.some(({ path, method }) => path === api['path'] && method === api['req_method'])) {
    throw new DocumentedError(409, 'FSS.1147', 'The request path already exists.');
  }
}

function publishApi({ apis }: CloudState, { id: triggerId, eventData }: StoredTrigger): void {
  const id = toApiId(triggerId);
  apis.set(id, {
    id,
    name: String(eventData['name']),
    groupId: String(eventData['group_id']),
    environmentId: String(eventData['env_id']),
    method: String(eventData['req_method']),
    path: String(eventData['path']),
    publishId: `publication-${id}`,
    published: true,
    throttleId: undefined,
  });
}

function toApiId(triggerId: string): string {
  return triggerId.replaceAll('-', '');
}
