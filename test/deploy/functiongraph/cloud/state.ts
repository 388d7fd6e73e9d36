import type { InferOutput } from 'valibot';
import type { ASYNC_BODY, CONFIG_BODY } from './bodies.ts';
import { DocumentedError } from './documented-error.ts';

/** Who may send requests, and to which project. */
export interface Account {
  readonly region: string;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly securityToken?: string;
}

/** What was created. */
export interface CloudState {
  readonly functions: Map<string, StoredFunction>;
  /** Of API Gateway, by their ids. They outlive the triggers that made them. */
  readonly apis: Map<string, StoredApi>;
  /** Request throttling policies, by their ids. */
  readonly throttles: Map<string, { readonly id: string; readonly name: string; readonly [field: string]: unknown }>;
}

export function emptyState(): CloudState {
  return { functions: new Map(), apis: new Map(), throttles: new Map() };
}

export interface StoredApi {
  readonly id: string;
  readonly name: string;
  readonly groupId: string;
  readonly environmentId: string;
  readonly method: string;
  readonly path: string;
  readonly publishId: string;
  published: boolean;
  throttleId: string | undefined;
}

export interface StoredFunction {
  readonly urn: string;
  config: FunctionConfig;
  /** The zip in base64, as it was uploaded. */
  code: string;
  maxInstances: number;
  asyncInvocation: InferOutput<typeof ASYNC_BODY> | undefined;
  readonly triggers: Map<string, StoredTrigger>;
  lastModified: string;
}

export type FunctionConfig = Omit<InferOutput<typeof CONFIG_BODY>, 'func_name'> & {
  func_name: string;
  package: string;
};

export interface StoredTrigger {
  readonly id: string;
  readonly type: string;
  status: string;
  readonly eventData: Record<string, unknown>;
}

/** A request, after its signature and its path were checked. */
export interface Call {
  /** The named parts of its path. */
  readonly parts: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: unknown;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
}

export function findFunction(state: CloudState, { parts }: Call): StoredFunction {
  const fn = state.functions.get((parts['urn'] ?? '').replace(/:latest$/, ''));
  if (!fn) throw new DocumentedError(404, 'FSS.1051', 'Not found the function');
  return fn;
}
