import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';
import type { App } from '../../lib/app.ts';
import type { Lookup } from '../../lib/config/variable.ts';
import type { Agency, Call } from '../../lib/core/call.ts';
import { isRecord } from '../../lib/core/json.ts';
import { MAX_TIMER_MS } from '../../lib/core/runtime.ts';
import { isId, parseProjectId } from '../../lib/core/task.ts';

/** Where the function runs, and the variables that it was deployed with. */
export interface Surroundings {
  readonly platform: 'lambda' | 'functiongraph';
  readonly lookup: Lookup;
  /** Of the invocation; absent before the first one. */
  readonly requestId?: string;
}

/** What both platforms say of one invocation. */
export interface Invocation extends Surroundings {
  readonly requestId: string;
  /** By `performance.now()`. */
  readonly startedAtMs: number;
  /** Milliseconds until the platform ends the invocation; absent where it does not say. */
  readonly remainingMs: (() => number) | undefined;
  /** The temporary credentials that FunctionGraph gives a function with an agency. */
  readonly agency: Agency | undefined;
  /** How FunctionGraph names this function within its project; absent on Lambda. */
  readonly functionName: string | undefined;
}

/** Lambda's, which are there before the first invocation. */
export const environment: Readonly<Surroundings> = { platform: 'lambda', lookup: (name) => process.env[name] };

/** FunctionGraph's context: a class instance with these methods on its prototype. */
interface FunctionGraphContext {
  getUserData(name: string): unknown;
  getRequestID?(): unknown;
  getRemainingTimeInMilliSeconds?(): unknown;
  getProjectID?(): unknown;
  getFunctionName?(): unknown;
  getPackage?(): unknown;
  getVersion?(): unknown;
  getSecurityAccessKey?(): unknown;
  getSecuritySecretKey?(): unknown;
  getSecurityToken?(): unknown;
}

function isFunctionGraph(context: unknown): context is FunctionGraphContext {
  return isRecord(context) && typeof context['getUserData'] === 'function';
}

/** The context of either platform as one. */
export function toInvocation(context: unknown): Invocation {
  const startedAtMs = performance.now();
  if (isFunctionGraph(context)) {
    return {
      platform: 'functiongraph',
      startedAtMs,
      requestId: toRequestId(context.getRequestID?.()),
      remainingMs: toClock(() => context.getRemainingTimeInMilliSeconds?.()),
      // event functions are promised their variables through getUserData only; it has '' for one that is not there
      lookup: (name) => toText(context.getUserData(name)) || environment.lookup(name),
      agency: toAgency(context),
      functionName: toFunctionName(context),
    };
  }
  const lambda: Partial<Context> = isRecord(context) ? context : {};
  return {
    ...environment,
    startedAtMs,
    requestId: toRequestId(lambda.awsRequestId),
    remainingMs: toClock(() => lambda.getRemainingTimeInMillis?.()),
    agency: undefined,
    functionName: undefined,
  };
}

/** The end of the function's URN: `default:sfs-turbo-du-cleaner-prod-timer:latest`. */
function toFunctionName(context: FunctionGraphContext): string | undefined {
  const name = toText(context.getFunctionName?.()) || process.env['RUNTIME_FUNC_NAME'];
  const parts = [toText(context.getPackage?.()) || 'default', name, toText(context.getVersion?.()) || 'latest'];
  return parts.every((part) => part !== undefined && /^[\w.-]{1,64}$/.test(part)) ? parts.join(':') : undefined;
}

/** Without an agency the methods are there and answer ''. The key without "Security" in its name is no longer kept up. */
function toAgency(context: FunctionGraphContext): Agency | undefined {
  const accessKey = toText(context.getSecurityAccessKey?.());
  const secretKey = toText(context.getSecuritySecretKey?.());
  if (!accessKey || !secretKey) return undefined;
  const securityToken = toText(context.getSecurityToken?.()) || undefined;
  const projectId = toText(context.getProjectID?.()) || process.env['RUNTIME_PROJECT_ID'];
  return { accessKey, secretKey, securityToken, projectId: isId(projectId) ? parseProjectId(projectId) : undefined };
}

/**
 * What a chain starts its context with. FunctionGraph says getRemainingTimeInMilliSeconds, Middy reads
 * getRemainingTimeInMillis: without the latter its early time-out is off, and says nothing.
 */
export function toMiddyContext({ remainingMs }: Invocation): object {
  return remainingMs === undefined ? {} : { getRemainingTimeInMillis: remainingMs };
}

/**
 * What one invocation brings along into `lib`.
 *
 * @param limits milliseconds: what is kept back for the answer on its way out, and what an invocation gets where the
 *   platform does not tell
 */
export function toCall(
  invocation: Invocation,
  { logs, runtime }: Pick<App, 'logs' | 'runtime'>,
  { reserveMs, defaultMs }: { readonly reserveMs: number; readonly defaultMs: number },
): Call {
  const { requestId, agency, remainingMs } = invocation;
  const deadlineAtMs = runtime.now() + (remainingMs?.() ?? defaultMs) - reserveMs;
  return { requestId, deadlineAtMs, log: logs(requestId), agency };
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
