import { createHash } from 'node:crypto';
import * as v from 'valibot';
import {
  ASYNC_BODY,
  CODE_BODY,
  CONFIG_BODY,
  CREATE_BODY,
  MAX_INSTANCES_BODY,
  parse,
  parseJson,
  RUNTIMES,
} from './bodies.ts';
import { DocumentedError } from './documented-error.ts';
import {
  type Account,
  type Answer,
  type Call,
  type CloudState,
  type FunctionConfig,
  findFunction,
  type StoredFunction,
} from './state.ts';

const MAX_CODE_BYTES = 50 * 1024 * 1024;

/** The operations on functions. */
export function createFunctionOperations(state: CloudState, account: Account) {
  const now = createClock();
  const find = (call: Call) => findFunction(state, call);
  const changed = (fn: StoredFunction): Answer => {
    fn.lastModified = now();
    return { status: 200, body: describeFunction(fn) };
  };

  return {
    CreateFunction: ({ body }: Call) => changed(createFunction(state, account, body)),
    ListFunctions: ({ query }: Call) => listFunctions(state, query),
    ListRuntimes: (): Answer => ({
      status: 200,
      body: [...RUNTIMES, 'Python3.12'].map((type) => ({ type, display_name: type.replace('.', ' ') })),
    }),
    ShowFunctionConfig: (call: Call): Answer => ({ status: 200, body: describeFunction(find(call)) }),
    DeleteFunction(call: Call): Answer {
      if (call.parts['urn']?.endsWith(':latest'))
        throw new DocumentedError(400, 'FSS.0400', 'latest cannot be deleted');
      state.functions.delete(find(call).urn);
      return { status: 204 };
    },
    UpdateFunctionCode(call: Call): Answer {
      const fn = find(call);
      const { func_code } = parse(CODE_BODY, call.body);
      assertCode(func_code.file);
      if (func_code.file === fn.code) throw new DocumentedError(409, 'FSS.0409', 'The function code has not changed.');
      fn.code = func_code.file;
      return changed(fn);
    },
    UpdateFunctionConfig(call: Call): Answer {
      const fn = find(call);
      const config = { ...parse(CONFIG_BODY, call.body), package: fn.config.package };
      assertConfig(config);
      if (config.func_name !== fn.config.func_name)
        throw new DocumentedError(400, 'FSS.1002', 'Invalid function name.');
      // what was not sent is reset
      fn.config = config;
      fn.maxInstances = config.strategy_config?.concurrency ?? fn.maxInstances;
      return changed(fn);
    },
    UpdateFunctionMaxInstanceConfig(call: Call): Answer {
      const fn = find(call);
      fn.maxInstances = parse(MAX_INSTANCES_BODY, call.body).max_instance_num;
      fn.config = {
        ...fn.config,
        strategy_config: { concurrent_num: 1, ...fn.config.strategy_config, concurrency: fn.maxInstances },
      };
      return changed(fn);
    },
    UpdateFunctionAsyncInvokeConfig(call: Call): Answer {
      const fn = find(call);
      fn.asyncInvocation = parse(ASYNC_BODY, call.body);
      return { status: 200, body: { func_urn: `${fn.urn}:latest`, ...fn.asyncInvocation } };
    },
  };
}

/** A second later each time. */
function createClock(): () => string {
  let ticks = 0;
  return () => {
    ticks += 1;
    return new Date(Date.UTC(2026, 0, 1) + ticks * 1000).toISOString().slice(0, 19).replace('T', ' ');
  };
}

function createFunction({ functions }: CloudState, { region, projectId }: Account, body: unknown): StoredFunction {
  const {
    func_code: { file: code },
    code_type: _type,
    code_filename: _file,
    type: _version,
    encrypted_user_data: _encrypted,
    app_xrole: _agency,
    ...config
  } = parse(CREATE_BODY, body);
  assertConfig(config);
  assertCode(code);
  if (config.package !== 'default') throw new DocumentedError(404, 'FSS.1055', 'The app does not exist.');
  const urn = `urn:fss:${region}:${projectId}:function:${config.package}:${config.func_name}`;
  if (functions.has(urn)) throw new DocumentedError(409, 'FSS.1061', 'The function already exists.');
  const limits = { maxInstances: 400, asyncInvocation: undefined };
  const fn = { urn, config, code, ...limits, triggers: new Map(), lastModified: '' };
  functions.set(urn, fn);
  return fn;
}

function listFunctions({ functions }: CloudState, query: URLSearchParams): Answer {
  const max = Number(query.get('maxitems') ?? 0) || 400;
  const from = Number(query.get('marker') ?? 0);
  if (max < 0 || Number.isNaN(from)) throw new DocumentedError(400, 'FSS.1001', 'Invalid query parameter.');
  const all = [...functions.values()];
  const page = all.slice(from, from + Math.min(max, 400));
  const next_marker = from + page.length;
  return { status: 200, body: { functions: page.map(describeFunction), next_marker, count: all.length } };
}

function describeFunction({ urn, config, maxInstances, lastModified, code }: StoredFunction): Record<string, unknown> {
  const { encrypted_user_data, log_config, ...rest } = config;
  const zip = Buffer.from(code, 'base64');
  // encrypted values are never given back
  const withoutValues = Object.keys(JSON.parse(encrypted_user_data || '{}')).map((key) => [key, '']);
  return {
    // so the documentation shows what nobody set
    ...{ func_vpc: null, initializer_handler: '', initializer_timeout: 0, log_group_id: '', log_stream_id: '' },
    mount_config: { mount_user: { user_id: -1, user_group_id: -1 }, func_mounts: [] },
    strategy_config: { concurrency: maxInstances, concurrent_num: 1 },
    ...rest,
    ...(log_config && { log_group_id: log_config.group_id, log_stream_id: log_config.stream_id }),
    func_urn: `${urn}:latest`,
    namespace: urn.split(':')[3],
    code_type: 'zip',
    code_size: zip.length,
    digest: createHash('sha512').update(zip).digest('hex'),
    version: 'latest',
    last_modified: lastModified,
    encrypted_user_data: JSON.stringify(Object.fromEntries(withoutValues)),
  };
}

function assertConfig(config: Pick<FunctionConfig, 'user_data' | 'encrypted_user_data'>): void {
  assertVariables(config.user_data ?? '{}');
  assertVariables(config.encrypted_user_data ?? '{}');
}

function assertVariables(json: string): void {
  if (json.length > 4096)
    throw new DocumentedError(400, 'FSS.1018', 'The total size of environment variables is exceeded.');
  const names = v.pipe(v.string(), v.regex(/^[A-Za-z]\w*$/));
  const variables = v.safeParse(v.record(names, v.string()), parseJson(Buffer.from(json)));
  if (!variables.success) throw new DocumentedError(400, 'FSS.1009', 'Invalid environment variable.');
  if (Object.keys(variables.output).length > 20) throw new DocumentedError(400, 'FSS.1017', 'More than 20 variables.');
}

function assertCode(base64: string): void {
  if (base64.length > MAX_CODE_BYTES) throw new DocumentedError(413, 'FSS.1071', 'The code package exceeds 50 MB.');
  if (Buffer.from(base64, 'base64').readUInt32BE(0) !== 0x504b0304)
    throw new DocumentedError(400, 'FSS.1011', 'Invalid function code.');
}
