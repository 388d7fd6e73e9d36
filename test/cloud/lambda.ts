import { type Answer, lambdaError, type Outcome, Refusal } from './answers.ts';
import { createFaultQueue, type Fault } from './faults.ts';
import { newKeyPair } from './ids.ts';
import { createInvocations, type Invocation, type InvocationOptions } from './invocations.ts';
import { type CloudRequest, type Incoming, parseJson, parsePath } from './requests.ts';
import { type ServiceDefinition, startService } from './server.ts';
import { type AwsKey, sigV4RefusalOf } from './sigv4.ts';

/** 1 MB for `Event` since 2026; 256 KB before */
const MAX_PAYLOAD_BYTES = 1024 * 1024;
const ACCOUNT_ID = '123456789012';

export interface LambdaOptions extends InvocationOptions {
  readonly now?: () => number;
  /** `eu-central-1` */
  readonly region?: string;
  /** names of functions that the key may invoke; all of them unless told */
  readonly mayInvoke?: readonly string[];
}

/** AWS Lambda with functions of one account. */
export interface Lambda {
  /** `http://127.0.0.1:<port>` */
  readonly url: string;
  readonly region: string;
  /** of the function's role, with a session token */
  readonly key: AwsKey & { readonly sessionToken: string };
  arn(functionName: string): string;
  readonly invocations: readonly Invocation[];
  /** Resolves once nothing waits and nothing runs. */
  idle(): Promise<void>;
  readonly requests: readonly CloudRequest[];
  order(fault: Fault): void;
  close(): Promise<void>;
}

/**
 * Starts a stand-in of `Invoke` with `InvocationType=Event` on loopback, and of nothing else.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html}
 */
export async function startLambda(options: LambdaOptions): Promise<Lambda> {
  const { now = Date.now, region = 'eu-central-1' } = options;
  const { accessKey, secretKey } = newKeyPair();
  const key = { accessKeyId: `ASIA${accessKey.slice(4)}`, secretAccessKey: secretKey, sessionToken: accessKey };
  const invocations = createInvocations(options);
  const arn = (name: string) => `arn:aws:lambda:${region}:${ACCOUNT_ID}:function:${name}`;

  function invoke(request: Incoming, wanted: string): Outcome {
    const name = Object.keys(options.functions).find((known) => [known, arn(known)].includes(wanted));
    if (!(options.mayInvoke ?? Object.keys(options.functions)).includes(name ?? wanted)) {
      const message = `User is not authorized to perform: lambda:InvokeFunction on resource: ${wanted}`;
      throw new Refusal(lambdaError(403, 'AccessDeniedException', message));
    }
    if (name === undefined) throw new Refusal(lambdaError(404, 'ResourceNotFoundException', 'Function not found'));
    checkPayload(request);
    return {
      answer: { status: 202, headers: { 'X-Amzn-Trace-Id': `root=${request.requestId}` } },
      act: () => invocations.add(name, request.record.body, request.requestId),
    };
  }

  const definition: ServiceDefinition = {
    service: 'lambda',
    region,
    operationOf: (method, path) => (functionNameIn(method, path) === undefined ? 'unknown' : 'Invoke'),
    headers: (requestId) => ({ 'x-amzn-RequestId': requestId }),
    handle(request) {
      const name = functionNameIn(request.record.method, request.record.path);
      if (name === undefined) throw new Refusal(lambdaError(404, 'UnknownOperationException', 'Unknown operation'));
      const refusal = sigV4RefusalOf(request, key, { nowMs: now(), region, service: 'lambda' });
      if (refusal !== undefined) throw new Refusal(lambdaError(403, refusal, 'The signature does not hold'));
      return invoke(request, name);
    },
  };
  const faults = createFaultQueue();
  const requests: CloudRequest[] = [];
  const service = { now, faults, log: requests, keepAliveTimeoutMs: 60_000, onRequest: () => {} };
  const { close, port } = await startService(definition, { ...service, port: 0 });
  const { all, idle } = invocations;
  return {
    url: `http://127.0.0.1:${port}`,
    region,
    key,
    arn,
    invocations: all,
    idle,
    requests,
    order: faults.order,
    close,
  };
}

function functionNameIn(method: string, path: string): string | undefined {
  const [version, functions, name, action, ...beyond] = parsePath(path) ?? [];
  const isInvoke = version === '2015-03-31' && functions === 'functions' && action === 'invocations';
  return method === 'POST' && isInvoke && beyond.length === 0 ? name : undefined;
}

/** @throws {Refusal} on what `Event` does not take, and on other types of invocation, which are not built in */
function checkPayload({ bytes, record }: Incoming): void {
  if (record.headers['x-amz-invocation-type'] !== 'Event') throw new Refusal(invalid('InvocationType is not Event'));
  if (bytes.length > MAX_PAYLOAD_BYTES) {
    throw new Refusal(lambdaError(413, 'RequestTooLargeException', 'Request must be smaller than 1048576 bytes'));
  }
  if (parseJson(record.body) !== undefined) return;
  throw new Refusal(lambdaError(400, 'InvalidRequestContentException', 'Could not parse request body into json'));
}

function invalid(message: string): Answer {
  return lambdaError(400, 'InvalidParameterValueException', message);
}
