import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { Lookup } from '../../lib/config/variable.ts';
import type { Agency } from '../../lib/core/call.ts';
import { isRecord } from '../../lib/core/json.ts';
import { MAX_TIMER_MS } from '../../lib/core/runtime.ts';
import { isId, type ProjectId } from '../../lib/core/task.ts';

/** What both platforms say of one invocation. */
export interface Invocation {
  readonly platform: 'lambda' | 'functiongraph';
  readonly requestId: string;
  /** Milliseconds until the platform ends the invocation; absent where it does not say. */
  readonly remainingMs: (() => number) | undefined;
  /** The variables that the function was deployed with. */
  readonly lookup: Lookup;
  /** The temporary credentials that FunctionGraph gives a function with an agency. */
  readonly agency: Agency | undefined;
}

/** FunctionGraph's context: a class instance with these methods on its prototype. */
interface FunctionGraphContext {
  getUserData(name: string): unknown;
  getRequestID?(): unknown;
  getRemainingTimeInMilliSeconds?(): unknown;
  getProjectID?(): unknown;
  getSecurityAccessKey?(): unknown;
  getSecuritySecretKey?(): unknown;
  getSecurityToken?(): unknown;
}

function isFunctionGraph(context: unknown): context is FunctionGraphContext {
  return typeof (context as { getUserData?: unknown } | null | undefined)?.getUserData === 'function';
}

/** The context of either platform as one. */
export function toInvocation(context: unknown): Invocation {
  if (isFunctionGraph(context)) {
    return {
      platform: 'functiongraph',
      requestId: toRequestId(context.getRequestID?.()),
      remainingMs: toClock(() => context.getRemainingTimeInMilliSeconds?.()),
      // event functions are promised their variables through getUserData only; it has '' for one that is not there
      lookup: (name) => toText(context.getUserData(name)) || process.env[name],
      agency: toAgency(context),
    };
  }
  const lambda = (isRecord(context) ? context : {}) as Partial<Context>;
  return {
    platform: 'lambda',
    requestId: toRequestId(lambda.awsRequestId),
    remainingMs: toClock(() => lambda.getRemainingTimeInMillis?.()),
    lookup: (name) => process.env[name],
    agency: undefined,
  };
}

/** Without an agency the methods are there and answer ''. The key without "Security" in its name is no longer kept up. */
function toAgency(context: FunctionGraphContext): Agency | undefined {
  const accessKey = toText(context.getSecurityAccessKey?.());
  const secretKey = toText(context.getSecuritySecretKey?.());
  if (!accessKey || !secretKey) return undefined;
  const securityToken = toText(context.getSecurityToken?.()) || undefined;
  const projectId = toText(context.getProjectID?.()) || process.env['RUNTIME_PROJECT_ID'];
  return { accessKey, secretKey, securityToken, projectId: isId(projectId) ? (projectId as ProjectId) : undefined };
}

/**
 * The context that Middy gets. FunctionGraph says getRemainingTimeInMilliSeconds, Middy reads getRemainingTimeInMillis:
 * without the latter its early time-out is off, and says nothing.
 */
export function toMiddyContext({ requestId, remainingMs }: Invocation): Context {
  const context = { awsRequestId: requestId, ...(remainingMs && { getRemainingTimeInMillis: remainingMs }) };
  return context as Context;
}

function toClock(read: () => unknown): Invocation['remainingMs'] {
  return Number.isFinite(read()) ? () => Math.min(Number(read()), MAX_TIMER_MS) : undefined;
}

function toText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function toRequestId(value: unknown): string {
  return typeof value === 'string' && /^[\x21-\x7e]{1,128}$/.test(value) ? value : randomUUID();
}
