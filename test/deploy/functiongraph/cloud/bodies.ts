import * as v from 'valibot';
import { DocumentedError } from './documented-error.ts';

export const RUNTIMES = ['Node.js16.17', 'Node.js18.15', 'Node.js20.15', 'Node.js22.18'];
const MEMORY_SIZES_MB = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096];

const integer = (min: number, max: number) => v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max));
const text = (min: number, max: number) => v.pipe(v.string(), v.minLength(min), v.maxLength(max));

const CONFIG_FIELDS = {
  func_name: v.pipe(text(1, 60), v.regex(/^[A-Za-z](?:[\w-]*[A-Za-z0-9])?$/)),
  runtime: v.picklist(RUNTIMES),
  timeout: integer(3, 259_200),
  handler: v.pipe(text(3, 128), v.regex(/^[^.]+\.[^.]+$/)),
  memory_size: v.picklist(MEMORY_SIZES_MB),
  user_data: v.optional(v.string()),
  encrypted_user_data: v.optional(v.string()),
  xrole: v.optional(text(1, 64)),
  app_xrole: v.optional(text(1, 64)),
  description: v.optional(text(0, 512)),
  enable_lts_log: v.optional(v.boolean()),
  enterprise_project_id: v.optional(text(1, 64)),
};
// what people set in the console
const CONSOLE_FIELDS = {
  func_vpc: v.optional(v.looseObject({ vpc_id: text(1, 64), subnet_id: text(1, 64) })),
  mount_config: v.optional(v.looseObject({ func_mounts: v.pipe(v.array(v.looseObject({})), v.minLength(1)) })),
  strategy_config: v.optional(v.strictObject({ concurrency: integer(-1, 1000), concurrent_num: integer(1, 1000) })),
  initializer_handler: v.optional(text(3, 128)),
  initializer_timeout: v.optional(integer(1, 300)),
  log_config: v.optional(v.strictObject({ group_id: text(1, 64), stream_id: text(1, 64) })),
};
const CODE_FIELDS = {
  code_type: v.literal('zip'),
  code_filename: text(1, 128),
  func_code: v.strictObject({ file: v.pipe(v.string(), v.base64()) }),
};
export const CONFIG_BODY = v.strictObject({ ...CONFIG_FIELDS, ...CONSOLE_FIELDS });
export const CODE_BODY = v.strictObject(CODE_FIELDS);
export const CREATE_BODY = v.strictObject({
  ...CONFIG_FIELDS,
  ...CODE_FIELDS,
  package: text(1, 60),
  type: v.optional(v.picklist(['v1', 'v2'])),
});
export const MAX_INSTANCES_BODY = v.strictObject({ max_instance_num: integer(-1, 1000) });
export const ASYNC_BODY = v.strictObject({
  max_async_event_age_in_seconds: v.optional(integer(1, 86_400)),
  max_async_retry_attempts: v.optional(integer(0, 3)),
});
export const TRIGGER_BODY = v.strictObject({
  trigger_type_code: v.picklist(['TIMER', 'DEDICATEDGATEWAY']),
  trigger_status: v.optional(v.picklist(['ACTIVE', 'DISABLED'])),
  event_data: v.record(v.string(), v.unknown()),
});
export const TIMER_EVENT = v.variant('schedule_type', [
  v.strictObject({
    schedule_type: v.literal('Rate'),
    name: v.pipe(text(1, 64), v.regex(/^[A-Za-z][\w-]*$/)),
    schedule: v.pipe(v.string(), v.regex(/^(?:[1-5]?\d|60)m$|^(?:1?\d|2[0-4])h$|^(?:[12]?\d|30)d$/)),
    user_event: v.optional(text(0, 2048)),
  }),
  v.strictObject({
    schedule_type: v.literal('Cron'),
    name: v.pipe(text(1, 64), v.regex(/^[A-Za-z][\w-]*$/)),
    schedule: v.pipe(
      v.string(),
      v.regex(/^(?:CRON_TZ=[\w/+-]+ )?(?:[\d*?/,-]+ ){3}[\d*?/,-]+ [\w*?/,-]+(?: [\w*?/,-]+)?$/),
    ),
    user_event: v.optional(text(0, 2048)),
  }),
]);
export const GATEWAY_EVENT = v.strictObject({
  name: v.pipe(text(3, 64), v.regex(/^[A-Za-z]\w*$/)),
  type: v.picklist([1, 2]),
  // a parameter of a path would have to be declared, and a trigger has no field for it: APIG.2026
  path: v.pipe(text(1, 512), v.regex(/^\/[\w./%+-]*$/)),
  sl_domain: v.optional(text(1, 255)),
  protocol: v.picklist(['HTTP', 'HTTPS']),
  req_method: v.picklist(['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'PATCH', 'OPTIONS', 'ANY']),
  auth: v.picklist(['IAM', 'APP', 'NONE']),
  match_mode: v.picklist(['SWA', 'NORMAL']),
  env_id: text(1, 64),
  env_name: text(1, 64),
  group_id: text(1, 64),
  instance_id: text(1, 64),
  backend_type: v.optional(v.literal('FUNCTION')),
  func_info: v.strictObject({
    timeout: integer(1, 60_000),
    invocation_type: v.optional(v.picklist(['sync', 'async'])),
    function_urn: v.optional(v.string()),
    version: v.optional(v.string()),
  }),
});
// what UpdateTrigger takes: a status, and the polling of Kafka and its like; neither a schedule nor a path
export const UPDATE_TRIGGER_BODY = v.strictObject({ trigger_status: v.picklist(['ACTIVE', 'DISABLED']) });

export function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code = 'FSS.0400',
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DocumentedError(400, code, `Invalid parameter: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

export function parseJson(raw: Buffer): unknown {
  try {
    return raw.length === 0 ? undefined : JSON.parse(raw.toString());
  } catch {
    throw new DocumentedError(406, 'FSS.0406', 'The body is not JSON');
  }
}
