import { onTestFinished, vi } from 'vitest';
import { createHandler } from '../../handlers/timer.ts';
import type { InvocationOptions } from '../cloud/invocations.ts';
import { startLambda } from '../cloud/lambda.ts';
import { FUNCTION_NAME, FunctionGraphContext, lambdaContext } from './contexts.ts';
import { onlyApp } from './only-app.ts';
import type { TargetsInstance, TargetsSweep } from './targets-sweep.ts';

/** A function `timer` on a platform whose queue invokes it. */
export interface Deployed {
  /** As its schedule does. */
  readonly invoke: (event?: unknown) => Promise<unknown>;
  readonly invocations: readonly { readonly payload: string; readonly attempts: number; readonly state: string }[];
  /** Strikes requests for an invocation. */
  readonly order: TargetsSweep['cloud']['order'];
  readonly idle: () => Promise<void>;
  /** Every instance that ran: the first is that of the schedule. */
  readonly instances: readonly TargetsInstance[];
}

type Options = Partial<Omit<InvocationOptions, 'functions'>>;

export async function deployOnFunctionGraph(estate: TargetsSweep, options: Options = {}): Promise<Deployed> {
  const { cloud } = estate;
  const { accessKey, secretKey, securityToken } = cloud.issueTemporaryCredentials();
  const agency = { securityAccessKey: accessKey, securitySecretKey: secretKey, securityToken };
  const context = () => new FunctionGraphContext({ remainingMs: 30_000, projectId: cloud.projectId, ...agency });
  const instances: TargetsInstance[] = [];
  const run = (event: unknown) => runOn(estate, instances, { FUNCTIONGRAPH_ENDPOINT: graph.url }, event, context());
  const graph = await cloud.openFunctionGraph({ functions: { [FUNCTION_NAME]: run }, ...options });
  return { ...graph, instances, order: cloud.order, invoke: (event = {}) => run(event) };
}

export async function deployOnLambda(estate: TargetsSweep, options: Options = {}): Promise<Deployed> {
  const instances: TargetsInstance[] = [];
  const run = (event: unknown) => runOn(estate, instances, {}, event, lambdaContext(30_000));
  const functions = { timer: run, other: run };
  const lambda = await startLambda({ functions, mayInvoke: ['timer'], ...options });
  onTestFinished(() => lambda.close());
  const { accessKeyId, secretAccessKey, sessionToken } = lambda.key;
  const environment = {
    AWS_LAMBDA_FUNCTION_NAME: 'timer',
    AWS_REGION: lambda.region,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: secretAccessKey,
    AWS_SESSION_TOKEN: sessionToken,
    AWS_ENDPOINT_URL_LAMBDA: lambda.url,
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  onTestFinished(() => {
    vi.unstubAllEnvs();
  });
  return { ...lambda, instances, invoke: (event = {}) => run(event) };
}

/** In an instance of its own, as a platform would start one for each of many at once. */
function runOn(
  estate: TargetsSweep,
  instances: TargetsInstance[],
  variables: Readonly<Record<string, string>>,
  event: unknown,
  context: object,
): Promise<unknown> {
  const instance = estate.start({ SWEEP_FAN_OUT: 'true', HW_REGION_NAME: 'cn-north-4', ...variables });
  instances.push(instance);
  return createHandler(onlyApp(instance.app))(event, context);
}
