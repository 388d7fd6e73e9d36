import { createHash, createHmac, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import * as v from 'valibot';

/**
 * A stand-in of the FunctionGraph API on loopback, as strict as its documentation: every request must be signed, known,
 * and carry documented fields of the documented types, and nothing else. It keeps what was created.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0108.html} and its siblings
 */
export interface FunctionGraphCloud {
  readonly endpoint: string;
  readonly state: CloudState;
  /** Every request in order, refused ones included. */
  readonly requests: readonly RecordedRequest[];
  /** The next `times` requests of an operation are answered so, and not carried out. */
  refuseNext(operation: Operation, answer: Refusal, times?: number): void;
  /** The next request of an operation is carried out, but its answer is lost: the connection is reset. */
  loseNextAnswer(operation: Operation): void;
  close(): Promise<void>;
}

export interface CloudOptions {
  readonly region: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
  readonly state?: CloudState;
}

export interface CloudState {
  readonly functions: Map<string, StoredFunction>;
}

export interface StoredFunction {
  readonly urn: string;
  config: FunctionConfig;
  /** The zip in base64, as it was uploaded. */
  code: string;
  maxInstances: number;
  asyncInvocation: AsyncInvocation | undefined;
  readonly triggers: Map<string, StoredTrigger>;
  lastModified: string;
}

export interface StoredTrigger {
  readonly id: string;
  readonly type: string;
  status: string;
  readonly eventData: Record<string, unknown>;
}

export interface RecordedRequest {
  readonly operation: Operation | 'unknown';
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

interface Refusal {
  readonly status: number;
  readonly error_code: string;
  readonly error_msg: string;
}

interface Call {
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

type Answer = { readonly status: number; readonly body?: unknown };
type FunctionConfig = Omit<v.InferOutput<typeof CONFIG_BODY>, 'func_name'> & { func_name: string; package: string };
type AsyncInvocation = v.InferOutput<typeof ASYNC_BODY>;

/** Thrown by an operation to answer with a documented error. */
class DocumentedError extends Error {
  readonly refusal: Refusal;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.refusal = { status, error_code: code, error_msg: message };
  }
}

const RUNTIMES = ['Node.js16.17', 'Node.js18.15', 'Node.js20.15', 'Node.js22.18'];
const MEMORY_SIZES_MB = [128, 256, 512, 768, 1024, 1280, 1536, 1792, 2048, 2560, 3072, 3584, 4096];
const MAX_CODE_BYTES = 50 * 1024 * 1024;
const MAX_SKEW_MS = 15 * 60_000;

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
};
const CODE_FIELDS = {
  code_type: v.literal('zip'),
  code_filename: text(1, 128),
  func_code: v.strictObject({ file: v.pipe(v.string(), v.base64()) }),
};
const CONFIG_BODY = v.strictObject(CONFIG_FIELDS);
const CODE_BODY = v.strictObject(CODE_FIELDS);
const CREATE_BODY = v.strictObject({
  ...CONFIG_FIELDS,
  ...CODE_FIELDS,
  package: text(1, 60),
  type: v.optional(v.picklist(['v1', 'v2'])),
});
const MAX_INSTANCES_BODY = v.strictObject({ max_instance_num: integer(-1, 1000) });
const ASYNC_BODY = v.strictObject({
  max_async_event_age_in_seconds: v.optional(integer(1, 86_400)),
  max_async_retry_attempts: v.optional(integer(0, 3)),
});
const TRIGGER_BODY = v.strictObject({
  trigger_type_code: v.picklist(['TIMER', 'DEDICATEDGATEWAY']),
  trigger_status: v.optional(v.picklist(['ACTIVE', 'DISABLED'])),
  event_data: v.record(v.string(), v.unknown()),
});
const TIMER_EVENT = v.variant('schedule_type', [
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
const GATEWAY_EVENT = v.strictObject({
  name: v.pipe(text(3, 64), v.regex(/^[A-Za-z]\w*$/)),
  type: v.picklist([1, 2]),
  path: v.pipe(text(1, 512), v.regex(/^\/[\w./%{}+-]*$/)),
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
const UPDATE_TRIGGER_BODY = v.strictObject({ trigger_status: v.picklist(['ACTIVE', 'DISABLED']) });

const URN = '(?<urn>urn:fss:[^/]+)';
const ROUTES = {
  CreateFunction: ['POST', '/functions'],
  ListFunctions: ['GET', '/functions'],
  DeleteFunction: ['DELETE', `/functions/${URN}`],
  UpdateFunctionCode: ['PUT', `/functions/${URN}/code`],
  UpdateFunctionConfig: ['PUT', `/functions/${URN}/config`],
  UpdateFunctionMaxInstanceConfig: ['PUT', `/functions/${URN}/config-max-instance`],
  UpdateFunctionAsyncInvokeConfig: ['PUT', `/functions/${URN}/async-invoke-config`],
  CreateFunctionTrigger: ['POST', `/triggers/${URN}`],
  ListFunctionTriggers: ['GET', `/triggers/${URN}`],
  UpdateTrigger: ['PUT', `/triggers/${URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
  DeleteFunctionTrigger: ['DELETE', `/triggers/${URN}/(?<type>[A-Z]+)/(?<id>[^/]+)`],
} as const;
export type Operation = keyof typeof ROUTES;

export async function startFunctionGraphCloud(options: CloudOptions): Promise<FunctionGraphCloud> {
  const state = options.state ?? { functions: new Map() };
  const operations = createOperations(state, options);
  const requests: RecordedRequest[] = [];
  const refusals: { operation: Operation; answer: Refusal }[] = [];
  const lost: Operation[] = [];

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const raw = Buffer.concat(chunks);
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const requestId = randomUUID().replaceAll('-', '');
    const found = findRoute(request.method, url, options.projectId);

    let answer: Answer;
    try {
      assertSigned(request, url, raw, options);
      if (found === undefined) throw new DocumentedError(404, 'APIGW.0101', 'The API does not exist');
      const refusal = takeFirst(refusals, (entry) => entry.operation === found.operation)?.answer;
      if (refusal) throw new DocumentedError(refusal.status, refusal.error_code, refusal.error_msg);
      if (request.headers['content-type'] !== 'application/json') {
        throw new DocumentedError(406, 'FSS.0406', 'Content-Type must be application/json');
      }
      const call = { parts: found.parts, query: url.searchParams, body: parseJson(raw) };
      answer = operations[found.operation](call);
    } catch (error) {
      if (!(error instanceof DocumentedError)) throw error;
      const { status, ...body } = error.refusal;
      answer = { status, body: body.error_code.startsWith('APIGW.') ? { ...body, request_id: requestId } : body };
    }

    requests.push({
      operation: found?.operation ?? 'unknown',
      path: decodeURIComponent(url.pathname),
      body: raw.length > 0 ? parseJson(raw) : undefined,
      status: answer.status,
    });
    if (found && takeFirst(lost, (operation) => operation === found.operation)) return void request.socket.destroy();
    response.writeHead(answer.status, { 'content-type': 'application/json', 'x-request-id': requestId });
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    state,
    requests,
    refuseNext(operation, answer, times = 1) {
      for (let left = times; left > 0; left -= 1) refusals.push({ operation, answer });
    },
    loseNextAnswer: (operation) => void lost.push(operation),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function createOperations(
  state: CloudState,
  { region, projectId }: CloudOptions,
): Record<Operation, (call: Call) => Answer> {
  const clock = { ticks: 0 };
  const now = (): string => {
    clock.ticks += 1;
    return new Date(Date.UTC(2026, 0, 1) + clock.ticks * 1000).toISOString().slice(0, 19).replace('T', ' ');
  };
  const find = ({ parts }: Call): StoredFunction => {
    const fn = state.functions.get((parts['urn'] ?? '').replace(/:latest$/, ''));
    if (!fn) throw new DocumentedError(404, 'FSS.1051', 'Not found the function');
    return fn;
  };
  const findTrigger = (call: Call): { fn: StoredFunction; trigger: StoredTrigger } => {
    const fn = find(call);
    const trigger = fn.triggers.get(call.parts['id'] ?? '');
    if (!trigger || trigger.type !== call.parts['type'])
      throw new DocumentedError(404, 'FSS.1131', 'The trigger does not exist.');
    return { fn, trigger };
  };
  const touch = (fn: StoredFunction): Answer => {
    fn.lastModified = now();
    return { status: 200, body: describeFunction(fn) };
  };

  return {
    CreateFunction({ body }) {
      const {
        func_code,
        code_type: _type,
        code_filename: _file,
        type: _version,
        package: application,
        ...rest
      } = parse(CREATE_BODY, body);
      const config = { ...rest, package: application };
      assertConfig(config);
      assertCode(func_code.file);
      if (application !== 'default') throw new DocumentedError(404, 'FSS.1055', 'The app does not exist.');
      const urn = `urn:fss:${region}:${projectId}:function:${application}:${config.func_name}`;
      if (state.functions.has(urn)) throw new DocumentedError(409, 'FSS.1061', 'The function already exists.');
      const fn = {
        urn,
        config,
        code: func_code.file,
        maxInstances: 400,
        asyncInvocation: undefined,
        triggers: new Map(),
        lastModified: '',
      };
      state.functions.set(urn, fn);
      return touch(fn);
    },
    ListFunctions({ query }) {
      const max = Number(query.get('maxitems') ?? 0) || 400;
      const from = Number(query.get('marker') ?? 0);
      if (max < 0 || Number.isNaN(from)) throw new DocumentedError(400, 'FSS.1001', 'Invalid query parameter.');
      const all = [...state.functions.values()];
      const page = all.slice(from, from + Math.min(max, 400));
      return {
        status: 200,
        body: { functions: page.map(describeFunction), next_marker: from + page.length, count: all.length },
      };
    },
    DeleteFunction(call) {
      if (call.parts['urn']?.endsWith(':latest'))
        throw new DocumentedError(400, 'FSS.0400', 'latest cannot be deleted');
      state.functions.delete(find(call).urn);
      return { status: 204 };
    },
    UpdateFunctionCode(call) {
      const fn = find(call);
      const { func_code } = parse(CODE_BODY, call.body);
      assertCode(func_code.file);
      if (func_code.file === fn.code) throw new DocumentedError(409, 'FSS.0409', 'The function code has not changed.');
      fn.code = func_code.file;
      return touch(fn);
    },
    UpdateFunctionConfig(call) {
      const fn = find(call);
      const config = { ...parse(CONFIG_BODY, call.body), package: fn.config.package };
      assertConfig(config);
      if (config.func_name !== fn.config.func_name)
        throw new DocumentedError(400, 'FSS.1002', 'Invalid function name.');
      fn.config = { ...fn.config, ...config };
      return touch(fn);
    },
    UpdateFunctionMaxInstanceConfig(call) {
      const fn = find(call);
      fn.maxInstances = parse(MAX_INSTANCES_BODY, call.body).max_instance_num;
      return touch(fn);
    },
    UpdateFunctionAsyncInvokeConfig(call) {
      const fn = find(call);
      fn.asyncInvocation = parse(ASYNC_BODY, call.body);
      return { status: 200, body: { func_urn: `${fn.urn}:latest`, ...fn.asyncInvocation } };
    },
    CreateFunctionTrigger(call) {
      const fn = find(call);
      const { trigger_type_code: type, trigger_status: status, event_data } = parse(TRIGGER_BODY, call.body);
      if (fn.triggers.size >= 10)
        throw new DocumentedError(400, 'FSS.1306', 'The number of triggers exceeds the limit.');
      const eventData =
        type === 'TIMER' ? parse(TIMER_EVENT, event_data, 'FSS.1109') : parse(GATEWAY_EVENT, event_data, 'FSS.1417');
      if (type === 'TIMER') assertFreeTimer(fn, eventData);
      else assertFreeApi(state, eventData, status);
      const trigger = { id: randomUUID(), type, status: status ?? 'ACTIVE', eventData };
      fn.triggers.set(trigger.id, trigger);
      return { status: 201, body: describeTrigger(fn, trigger) };
    },
    ListFunctionTriggers(call) {
      const fn = find(call);
      return { status: 200, body: [...fn.triggers.values()].map((trigger) => describeTrigger(fn, trigger)) };
    },
    UpdateTrigger(call) {
      const { fn, trigger } = findTrigger(call);
      const { trigger_status } = parse(UPDATE_TRIGGER_BODY, call.body);
      if (trigger.type !== 'TIMER') throw new DocumentedError(400, 'FSS.1318', 'Invalid trigger operation.');
      trigger.status = trigger_status;
      return { status: 200, body: describeTrigger(fn, trigger) };
    },
    DeleteFunctionTrigger(call) {
      const { fn, trigger } = findTrigger(call);
      fn.triggers.delete(trigger.id);
      return { status: 204 };
    },
  };
}

function describeFunction({ urn, config, maxInstances, lastModified, code }: StoredFunction): Record<string, unknown> {
  const { encrypted_user_data, ...rest } = config;
  return {
    ...rest,
    func_urn: `${urn}:latest`,
    namespace: urn.split(':')[3],
    code_type: 'zip',
    code_size: Buffer.from(code, 'base64').length,
    digest: createHash('sha512').update(code).digest('hex'),
    version: 'latest',
    last_modified: lastModified,
    strategy_config: { concurrency: maxInstances },
    // encrypted values are never given back
    encrypted_user_data: JSON.stringify(
      Object.fromEntries(Object.keys(JSON.parse(encrypted_user_data || '{}')).map((key) => [key, ''])),
    ),
  };
}

function describeTrigger(fn: StoredFunction, { id, type, status, eventData }: StoredTrigger): Record<string, unknown> {
  // the documented answer has no instance_id and no backend_type
  const { instance_id: _instance, backend_type: _backend, func_info, ...data } = eventData;
  const described =
    type === 'TIMER'
      ? eventData
      : {
          ...data,
          triggerid: id,
          api_id: id.replaceAll('-', ''),
          api_name: data['name'],
          group_name: 'APIGroup_test',
          invoke_url: `https://${data['group_id']}.apic.example.com${data['path']}`,
          func_info: { function_urn: fn.urn, version: 'latest', invocation_type: 'sync', ...Object(func_info) },
        };
  const time = '2026-01-01 00:00:00';
  return {
    trigger_id: id,
    trigger_type_code: type,
    trigger_status: status,
    event_data: described,
    last_updated_time: time,
    created_time: time,
  };
}

function assertConfig({
  user_data,
  encrypted_user_data,
}: Pick<FunctionConfig, 'user_data' | 'encrypted_user_data'>): void {
  for (const json of [user_data, encrypted_user_data]) {
    if (json === undefined) continue;
    if (json.length > 4096)
      throw new DocumentedError(400, 'FSS.1018', 'The total size of environment variables is exceeded.');
    const variables = v.safeParse(
      v.record(v.pipe(v.string(), v.regex(/^[A-Za-z]\w*$/)), v.string()),
      parseJson(Buffer.from(json)),
    );
    if (!variables.success) throw new DocumentedError(400, 'FSS.1009', 'Invalid environment variable.');
    if (Object.keys(variables.output).length > 20)
      throw new DocumentedError(400, 'FSS.1017', 'More than 20 variables.');
  }
}

function assertCode(base64: string): void {
  if (base64.length > MAX_CODE_BYTES) throw new DocumentedError(413, 'FSS.1071', 'The code package exceeds 50 MB.');
  if (Buffer.from(base64, 'base64').readUInt32BE(0) !== 0x504b0304)
    throw new DocumentedError(400, 'FSS.1011', 'Invalid function code.');
}

function assertFreeTimer(fn: StoredFunction, { name }: Record<string, unknown>): void {
  const taken = [...fn.triggers.values()].some((other) => other.type === 'TIMER' && other.eventData['name'] === name);
  if (taken) throw new DocumentedError(409, 'FSS.1148', 'The timer trigger already exists.');
}

function assertFreeApi({ functions }: CloudState, api: Record<string, unknown>, status: string | undefined): void {
  if (status === 'DISABLED') throw new DocumentedError(400, 'FSS.1417', 'APIG triggers cannot be disabled.');
  const others = [...functions.values()]
    .flatMap(({ triggers }) => [...triggers.values()])
    .filter((other) => other.type === 'DEDICATEDGATEWAY' && other.eventData['group_id'] === api['group_id'])
    .map(({ eventData }) => eventData);
  if (others.some(({ name }) => name === api['name']))
    throw new DocumentedError(409, 'FSS.1146', 'The APIG trigger already exists.');
  if (others.some(({ path, req_method }) => path === api['path'] && req_method === api['req_method'])) {
    throw new DocumentedError(409, 'FSS.1147', 'The request path already exists.');
  }
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
  code = 'FSS.0400',
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, value);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new DocumentedError(400, code, `Invalid parameter: ${v.getDotPath(issue) ?? ''} ${issue.message}`);
}

function parseJson(raw: Buffer): unknown {
  try {
    return raw.length === 0 ? undefined : JSON.parse(raw.toString());
  } catch {
    throw new DocumentedError(406, 'FSS.0406', 'The body is not JSON');
  }
}

function findRoute(method: string | undefined, url: URL, projectId: string) {
  const path = decodeURIComponent(url.pathname);
  for (const [operation, [wanted, pattern]] of Object.entries(ROUTES)) {
    const match = new RegExp(`^/v2/${projectId}/fgs${pattern}$`).exec(path);
    if (match && method === wanted) return { operation: operation as Operation, parts: { ...match.groups } };
  }
  return undefined;
}

/**
 * The gateway's check of SDK-HMAC-SHA256.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-algorithm-002.html}
 */
function assertSigned(request: IncomingMessage, url: URL, raw: Buffer, credentials: CloudOptions): void {
  const refuse = (reason: string) => {
    return new DocumentedError(401, 'APIGW.0301', `Incorrect IAM authentication information: ${reason}`);
  };
  const header = /^SDK-HMAC-SHA256 Access=(\S+), SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/;
  const [, access, names = '', signature] = header.exec(request.headers.authorization ?? '') ?? [];
  if (access === undefined) throw refuse('no signature');
  if (access !== credentials.accessKey) throw refuse(`ak ${access} not exist`);
  if (request.headers['x-security-token'] !== credentials.securityToken) throw refuse('the security token is invalid');

  const signed = names.split(';');
  const date = `${request.headers['x-sdk-date']}`;
  const [year, month, day, hour, minute, second] = date.match(/\d\d/g)?.slice(1) ?? [];
  const time = Date.parse(`20${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (!(Math.abs(Date.now() - time) <= MAX_SKEW_MS)) throw refuse('the request is too old or too new');
  for (const name of ['host', 'x-sdk-date']) if (!signed.includes(name)) throw refuse(`${name} is not signed`);

  const sha256 = (value: string | Buffer) => createHash('sha256').update(value).digest('hex');
  const encode = (value: string) => {
    return encodeURIComponent(value).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  };
  const path = url.pathname
    .split('/')
    .map((segment) => encode(decodeURIComponent(segment)))
    .join('/');
  const query = [...url.searchParams].map(([key, value]) => `${encode(key)}=${encode(value)}`).sort();
  const canonicalRequest = [
    request.method,
    path.endsWith('/') ? path : `${path}/`,
    query.join('&'),
    ...signed.map((name) => `${name}:${`${request.headers[name] ?? ''}`.trim()}`),
    '',
    names,
    sha256(raw),
  ].join('\n');
  const stringToSign = `SDK-HMAC-SHA256\n${date}\n${sha256(canonicalRequest)}`;
  const expected = createHmac('sha256', credentials.secretKey).update(stringToSign).digest('hex');
  // the real gateway shows the canonical request, signed headers and all
  if (signature !== expected)
    throw refuse(`verify aksk signature fail, canonicalRequest:${canonicalRequest.replaceAll('\n', '|')}`);
}

function takeFirst<Item>(items: Item[], matches: (item: Item) => boolean): Item | undefined {
  const index = items.findIndex(matches);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}
