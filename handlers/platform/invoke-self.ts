import type { TimerApp } from '../../lib/app.ts';
import type { Agency, Call } from '../../lib/core/call.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';
import { signRequest } from '../../lib/iam/signer.ts';
import { failedAnswer, noAnswer } from '../../lib/net/answers.ts';
import { withoutEcho } from '../../lib/net/echo.ts';
import type { Invocation } from './invocation.ts';

type InvokeSelf = NonNullable<Call['invokeSelf']>;
type InvokingApp = Pick<TimerApp, 'config' | 'outbound' | 'runtime'>;

// of one attempt; the run may have to sweep the target itself
const INVOKE_WITHIN_MS = 5_000;
// both platforms answer so when the invocation is in their queue
const QUEUED = 202;

/** Invokes the function that runs, by the queue of its own platform; nothing where `SWEEP_FAN_OUT` does not ask for it. */
export function toInvokeSelf(invocation: Invocation, app: InvokingApp): InvokeSelf | undefined {
  if (app.config.fanOut?.isOn !== true) return undefined;
  return invocation.platform === 'functiongraph' ? byFunctionGraph(invocation, app) : byLambda(invocation);
}

/**
 * An invocation that was not answered may be in the queue all the same, and is not sent again: two sweeps of one target at once do
 * no harm, and no good either.
 *
 * @see https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0126.html
 */
function byFunctionGraph({ agency, functionName }: Invocation, { config, outbound, runtime }: InvokingApp): InvokeSelf {
  const functionGraph = config.fanOut?.functionGraph;
  return async (event) => {
    const { projectId } = agency ?? {};
    if (agency === undefined || projectId === undefined || functionName === undefined || functionGraph === undefined) {
      throw new ServiceError('misconfigured', 'SWEEP_FAN_OUT needs an agency of the function, whose key invokes it');
    }
    const urn = `urn:fss:${functionGraph.region}:${projectId}:function:${functionName}`;
    const url = new URL(`${functionGraph.url}/v2/${projectId}/fgs/functions/${urn}/invocations-async`);
    const line = { method: 'POST', url, body: JSON.stringify(event) } as const;
    const headers = signRequest(line, headersFor(projectId), agency, runtime.now());
    const sent = await outbound.transport.send({ ...line, headers }, INVOKE_WITHIN_MS, 'never');
    if ('failure' in sent) throw noAnswer('FunctionGraph', sent.failure).failure;
    if (sent.reply.status === QUEUED) return;
    const reply = withoutEcho(sent.reply, [agency.securityToken, headers['authorization']]);
    throw failedAnswer('FunctionGraph', reply, runtime.now()).failure;
  };
}

function headersFor(projectId: NonNullable<Agency['projectId']>): Readonly<Record<string, string>> {
  return { 'content-type': 'application/json', 'x-project-id': projectId };
}

/** @see https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html */
function byLambda({ lookup }: Invocation): InvokeSelf {
  const functionName = lookup('AWS_LAMBDA_FUNCTION_NAME');
  // loaded only here: Lambda's runtime has it, and no other run needs it
  const load = async () => {
    const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
    const toCommand = (event: object) =>
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(event) });
    return { client: new LambdaClient({ maxAttempts: 1 }), toCommand };
  };
  let loaded: ReturnType<typeof load> | undefined;
  return async (event) => {
    try {
      loaded ??= load();
      const { client, toCommand } = await loaded;
      // a time limit of the client itself does no more than warn in some versions
      const answer = await client.send(toCommand(event), { abortSignal: AbortSignal.timeout(INVOKE_WITHIN_MS) });
      if (answer.StatusCode !== QUEUED) throw new Error(`status ${answer.StatusCode}`);
    } catch (error) {
      throw toFailure(error);
    }
  };
}

/** What Lambda's answer said, without the message: it holds the account's number and names of roles. */
function toFailure(error: unknown): ServiceError {
  const name = error instanceof Error ? error.name : undefined;
  const metadata = isRecord(error) && isRecord(error['$metadata']) ? error['$metadata'] : {};
  const { httpStatusCode: status, requestId } = metadata;
  return new ServiceError('upstream_unavailable', 'Lambda did not take the invocation', {
    cause: error,
    reason: name,
    ...(typeof status === 'number' && {
      upstream: { status, errCode: name, requestId: typeof requestId === 'string' ? requestId : undefined },
    }),
  });
}
