import { createHash, randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import { createHandler } from '../../handlers/http.ts';
import type { GatewayResponse } from '../../handlers/platform/answer.ts';
import { createHttpApp, type HttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime, type Runtime } from '../../lib/core/runtime.ts';
import { type Cloud, type CloudOptions, startCloud } from '../cloud/cloud.ts';
import { expectDocumented } from '../openapi.ts';
import { lambdaContext } from './contexts.ts';
import { onlyApp } from './only-app.ts';

export interface DeploymentOptions {
  readonly cloud?: CloudOptions;
  /** Variables beside those that point at the cloud; an empty one takes a default away. */
  readonly variables?: Readonly<Record<string, string>> | ((cloud: Cloud) => Readonly<Record<string, string>>);
  readonly runtime?: Partial<Runtime>;
  /** Of the caller's key, as `CALLER_KEYS` has them behind its digest, e.g. `read+cancel@prod`; none unless told. */
  readonly rights?: string;
  /** As on FunctionGraph: without credentials in the variables, the agency's are taken. */
  readonly hasAgency?: boolean;
}

/** The function `http`, deployed against an embedded cloud with one share. */
export interface Deployment {
  readonly cloud: Cloud;
  readonly app: HttpApp;
  readonly shareId: string;
  /** A key that `CALLER_KEYS` knows under the name `ci`. */
  readonly callerKey: string;
  readonly webhookSecret: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Every line logged so far, as text. */
  readonly lines: readonly string[];
  readonly logged: (event: string) => readonly Record<string, unknown>[];
  /** Every answer is held to `openapi.yaml`. */
  readonly invoke: (event: unknown, context?: unknown) => Promise<GatewayResponse>;
  /** `POST /v1/tasks/cancel` with the caller's key. */
  readonly cancel: (body: unknown, context?: unknown) => Promise<GatewayResponse>;
  /** Another instance of the same function, with other variables where told. */
  readonly coldStart: (variables?: Readonly<Record<string, string>>) => Deployment;
}

/** Deploys for the running test, and takes everything down when it ends. */
export async function deploy(options: DeploymentOptions = {}): Promise<Deployment> {
  const cloud = await startCloud(options.cloud);
  onTestFinished(() => cloud.close());
  const shareId = cloud.addShare();
  const callerKey = `key-${randomBytes(24).toString('base64url')}`;
  const webhookSecret = `whsec_${randomBytes(32).toString('base64')}`;
  const deployed: Readonly<Record<string, string>> = {
    ...cloud.environment(),
    ALLOWED_SHARES: shareId,
    CALLER_KEYS: ['ci', sha256(callerKey), ...(options.rights === undefined ? [] : [options.rights])].join(':'),
    WEBHOOK_SECRETS: webhookSecret,
    LOG_LEVEL: 'DEBUG',
    ...(typeof options.variables === 'function' ? options.variables(cloud) : options.variables),
  };

  const coldStart: Deployment['coldStart'] = (changed) => {
    const variables: Readonly<Record<string, string>> = { ...deployed, ...changed };
    const lines: string[] = [];
    const runtime: Runtime = { ...nodeRuntime, ...options.runtime, write: (line) => lines.push(line) };
    const app = createHttpApp(
      readHttpConfig((name) => variables[name], { hasAgency: options.hasAgency ?? false }),
      runtime,
    );
    onTestFinished(() => app.close());
    const handler = createHandler(onlyApp(app));
    const invoke: Deployment['invoke'] = async (event, context = lambdaContext()) => {
      const answer = await handler(event, context);
      expectDocumented(event, answer);
      return answer;
    };
    return {
      cloud,
      app,
      shareId,
      callerKey,
      webhookSecret,
      variables,
      lines,
      logged: (event) => lines.map((line) => JSON.parse(line)).filter((line) => line.event === event),
      invoke,
      cancel: (body, context) => invoke(cancelEvent(body, { authorization: `Bearer ${callerKey}` }), context),
      coldStart,
    };
  };
  return coldStart();
}

export const sha256 = (key: string): string => createHash('sha256').update(key).digest('hex');

/** An HTTP API event for `POST /v1/tasks/cancel`. A body that is text or bytes goes as it is. */
export function cancelEvent(body: unknown, headers: Readonly<Record<string, string>> = {}): Record<string, unknown> {
  return httpEvent('POST', '/v1/tasks/cancel', { 'content-type': 'application/json', ...headers }, body);
}

export function httpEvent(
  method: string,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  body?: unknown,
): Record<string, unknown> {
  const event = {
    version: '2.0',
    rawPath: path,
    rawQueryString: '',
    headers,
    requestContext: { stage: '$default', http: { method, path } },
  };
  if (body === undefined) return { ...event, isBase64Encoded: false };
  if (body instanceof Uint8Array) {
    return { ...event, body: Buffer.from(body).toString('base64'), isBase64Encoded: true };
  }
  return { ...event, body: typeof body === 'string' ? body : JSON.stringify(body), isBase64Encoded: false };
}
