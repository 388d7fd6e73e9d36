import { randomUUID } from 'node:crypto';
import { type Answer, jsonAnswer, type Outcome, Refusal } from './answers.ts';
import type { Gateway } from './gateway.ts';
import { createInvocations, type Invocation, type InvocationOptions } from './invocations.ts';
import type { CloudProject } from './projects.ts';
import { type Incoming, isJsonMediaType, parseJson, parsePath } from './requests.ts';
import type { ServiceDefinition } from './server.ts';
import { noSuchApi } from './sfs-turbo.ts';

/** https://support.huaweicloud.com/intl/en-us/productdesc-functiongraph/functiongraph_01_0150.html */
const MAX_PAYLOAD_BYTES = 256 * 1024;

/** FunctionGraph with functions of one project. */
export interface FunctionGraph {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  /** `urn:fss:<region>:<project id>:function:default:<name>:latest` */
  urn(functionName: string): string;
  readonly invocations: readonly Invocation[];
  /** Resolves once nothing waits and nothing runs. */
  idle(): Promise<void>;
}

/**
 * Asynchronous invocation, behind the API gateway.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0126.html}
 */
export function createFunctionGraph(project: CloudProject, gateway: Gateway, options: InvocationOptions) {
  const { region } = project;
  const invocations = createInvocations(options);
  const urn = (name: string) => `urn:fss:${region}:${project.id}:function:default:${name}:latest`;

  function asyncInvoke(request: Incoming, functionUrn: string): Outcome {
    // without a version the latest is meant
    const name = Object.keys(options.functions).find((known) =>
      [urn(known), urn(known).replace(/:latest$/, '')].includes(functionUrn),
    );
    if (name === undefined) throw new Refusal(error(404, '1051', 'Not found the function'));
    const payload = request.record.body;
    const isObject = isJsonMediaType(request.record.headers['content-type']) && isJsonObject(payload);
    // neither the code of a body that is no object is documented, nor that of one too large
    if (!isObject) throw new Refusal(error(400, '0400', 'Invalid request body'));
    if (request.bytes.length > MAX_PAYLOAD_BYTES) throw new Refusal(error(413, '0413', 'Request body too large'));
    const requestId = randomUUID();
    return {
      answer: jsonAnswer(202, { request_id: requestId }),
      act: () => invocations.add(name, payload, requestId),
    };
  }

  const definition: ServiceDefinition = {
    service: 'functiongraph',
    region,
    operationOf: (method, path) => (parseRoute(method, path) === undefined ? 'unknown' : 'AsyncInvokeFunction'),
    headers: (requestId) => ({ Server: 'api-gateway', 'X-request-id': requestId }),
    handle(request) {
      const route = parseRoute(request.record.method, request.record.path);
      if (route === undefined) throw new Refusal(noSuchApi(request.requestId));
      gateway.admit(request, route.projectId);
      return asyncInvoke(request, route.functionUrn);
    },
  };
  return { definition, urn, invocations };
}

function parseRoute(method: string, path: string) {
  const [version, projectId, service, functions, functionUrn, action, ...beyond] = parsePath(path) ?? [];
  const isOurs = version === 'v2' && service === 'fgs' && functions === 'functions' && action === 'invocations-async';
  if (method !== 'POST' || !isOurs || beyond.length > 0 || projectId === undefined || functionUrn === undefined) {
    return undefined;
  }
  return { projectId, functionUrn };
}

function isJsonObject(text: string): boolean {
  const value = parseJson(text);
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function error(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { error_code: `FSS.${code}`, error_msg: message });
}
