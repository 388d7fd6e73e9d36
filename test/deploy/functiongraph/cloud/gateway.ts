import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { parse } from './bodies.ts';
import { DocumentedError } from './documented-error.ts';
import type { Answer, Call, CloudState, StoredApi } from './state.ts';

const ACTION_BODY = v.strictObject({
  action: v.picklist(['online', 'offline']),
  env_id: v.pipe(v.string(), v.minLength(1)),
  api_id: v.string(),
});
const calls = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(2_147_483_647));
const THROTTLE_BODY = v.strictObject({
  name: v.pipe(v.string(), v.regex(/^[A-Za-z]\w{2,63}$/)),
  type: v.optional(v.picklist([1, 2])),
  time_interval: calls,
  time_unit: v.picklist(['SECOND', 'MINUTE', 'HOUR', 'DAY']),
  api_call_limits: calls,
  ip_call_limits: v.optional(calls),
  remark: v.optional(v.pipe(v.string(), v.maxLength(255))),
});
const BINDING_BODY = v.strictObject({ strategy_id: v.string(), publish_ids: v.array(v.string()) });

/**
 * The part of API Gateway, dedicated gateways, that has to do with the APIs of triggers.
 *
 * @see {@link https://docs.otc.t-systems.com/api-gateway/api-ref/} "Dedicated Gateway APIs (V2)"
 */
export function createGatewayOperations(state: CloudState) {
  return {
    ChangeApiPublication({ body }: Call): Answer {
      const { action, api_id } = parse(ACTION_BODY, body, 'APIG.2011');
      const api = findApi(state, api_id);
      if (action === 'offline' && !api.published)
        throw new DocumentedError(400, 'APIG.3420', 'The API is not published');
      api.published = action === 'online';
      return { status: 201, body: { api_id, env_id: api.environmentId, publish_id: api.publishId } };
    },
    DeleteApi({ parts }: Call): Answer {
      const api = findApi(state, parts['id'] ?? '');
      if (api.published) throw new DocumentedError(400, 'APIG.3416', 'A published API cannot be deleted');
      state.apis.delete(api.id);
      return { status: 204 };
    },
    ...createThrottleOperations(state),
  };
}

function createThrottleOperations(state: CloudState) {
  return {
    // the name is looked for as a part of names
    ListThrottles: ({ query }: Call): Answer => ({
      status: 200,
      body: { throttles: [...state.throttles.values()].filter(({ name }) => name.includes(query.get('name') ?? '')) },
    }),
    CreateThrottle({ body }: Call): Answer {
      const throttle = { ...parse(THROTTLE_BODY, body, 'APIG.2011'), id: randomUUID() };
      state.throttles.set(throttle.id, throttle);
      return { status: 201, body: throttle };
    },
    UpdateThrottle({ body, parts }: Call): Answer {
      const id = findThrottle(state, parts['id']);
      state.throttles.set(id, { ...parse(THROTTLE_BODY, body, 'APIG.2011'), id });
      return { status: 200, body: state.throttles.get(id) };
    },
    DeleteThrottle({ parts }: Call): Answer {
      state.throttles.delete(findThrottle(state, parts['id']));
      return { status: 204 };
    },
    ListUnboundApis({ query }: Call): Answer {
      const throttleId = findThrottle(state, query.get('throttle_id') ?? undefined);
      const apis = [...state.apis.values()].filter((api) => api.throttleId !== throttleId && api.published);
      return {
        status: 200,
        body: {
          apis: apis.map(({ id, publishId, throttleId: other }) => ({
            id,
            publish_id: publishId,
            throttle_apply_id: other === undefined ? '' : `binding-${other}`,
          })),
        },
      };
    },
    BindThrottle({ body }: Call): Answer {
      const { strategy_id, publish_ids } = parse(BINDING_BODY, body, 'APIG.2011');
      const throttleId = findThrottle(state, strategy_id);
      for (const api of state.apis.values()) if (publish_ids.includes(api.publishId)) api.throttleId = throttleId;
      return { status: 201, body: { throttle_applys: publish_ids.map((publish_id) => ({ publish_id, strategy_id })) } };
    },
  };
}

function findApi({ apis }: CloudState, id: string): StoredApi {
  const api = apis.get(id);
  if (!api) throw new DocumentedError(404, 'APIG.3002', `API ${id} does not exist`);
  return api;
}

function findThrottle({ throttles }: CloudState, id = ''): string {
  if (!throttles.has(id)) throw new DocumentedError(404, 'APIG.3005', `Request throttling policy ${id} does not exist`);
  return id;
}
