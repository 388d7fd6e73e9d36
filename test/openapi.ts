import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import { expect } from 'vitest';
import { parse } from 'yaml';
import type { GatewayResponse } from '../handlers/platform/answer.ts';
import { toHttpRequest } from '../handlers/platform/http-request.ts';

export type Schema = Readonly<Record<string, unknown>>;

export interface DocumentedHeader {
  readonly required?: boolean;
  readonly schema: Schema;
}

export interface DocumentedContent {
  readonly schema: Schema;
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>;
}

export interface DocumentedResponse {
  readonly description: string;
  readonly headers: Readonly<Record<string, DocumentedHeader>>;
  /** Absent: the answer has no body. */
  readonly content?: Readonly<Record<string, DocumentedContent>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly example?: string }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, DocumentedContent>> };
  readonly responses: Readonly<Record<string, DocumentedResponse>>;
}

export interface DocumentedRoute {
  /** In upper case. */
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: { readonly responses: Readonly<Record<string, DocumentedResponse>> };
}

/** `openapi.yaml` as it stands. */
export const readOpenApi = (): Record<string, unknown> => parse(readFileSync('openapi.yaml', 'utf8'));

const openApi = inlined(readOpenApi());

/** Every operation of `openapi.yaml`, with its references put in. */
export const documentedRoutes: readonly DocumentedRoute[] = Object.entries(openApi.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
);

/** The responses that are shared, by name. */
export const documentedResponses = openApi.components.responses;

const ajv = new Ajv();
const validators = new WeakMap<Schema, ValidateFunction>();

/** What is wrong with a value, or nothing. */
export function faultsOf(schema: Schema, value: unknown): string {
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  return validate(value) ? '' : ajv.errorsText(validate.errors);
}

/** Holds an answer of a function against what `openapi.yaml` says of the event's path and method. */
export function expectDocumented(event: unknown, answer: GatewayResponse): void {
  const { method, path } = toHttpRequest(event);
  const routes = documentedRoutes.filter((route) => toPattern(route.path).test(path));
  const { status, response } = expectedResponse(routes, method, answer);
  const at = `${method} ${path} ${answer.statusCode}`;

  expect(answer.statusCode, at).toBe(status);
  expect(response, `${at} is not in openapi.yaml`).toBeDefined();
  if (response !== undefined) expectResponse(method, at, response, answer);
}

function expectedResponse(
  routes: readonly DocumentedRoute[],
  method: string,
  answer: GatewayResponse,
): { readonly status: number; readonly response: DocumentedResponse | undefined } {
  if (routes.length === 0) return { status: 404, response: documentedResponses['NoRoute'] };
  const route = routes.find((candidate) => candidate.method === method);
  if (route === undefined) {
    expect(answer.headers['allow']).toBe(routes.map((candidate) => candidate.method).join(', '));
    return { status: 405, response: documentedResponses['MethodNotAllowed'] };
  }
  return { status: answer.statusCode, response: route.operation.responses[answer.statusCode] };
}

function expectResponse(
  method: string,
  at: string,
  response: DocumentedResponse,
  { headers, body }: GatewayResponse,
): void {
  const { 'content-type': mediaType = '', ...others } = headers;
  for (const [name, value] of Object.entries(others)) {
    const header = response.headers[name];
    expect(header, `${at}: ${name} is not in openapi.yaml`).toBeDefined();
    if (header !== undefined) expect(faultsOf(header.schema, value), `${at}: ${name}: ${value}`).toBe('');
  }
  for (const [name, { required }] of Object.entries(response.headers)) {
    if (required === true) expect(others[name], `${at} has no ${name}`).toBeDefined();
  }
  if (method === 'HEAD') {
    expect(body, at).toBe('');
    return;
  }
  const content = response.content?.[mediaType];
  expect(content, `${at}: ${mediaType} is not in openapi.yaml`).toBeDefined();
  if (content !== undefined) expect(faultsOf(content.schema, JSON.parse(body)), `${at}: ${body}`).toBe('');
}

/** As the functions match it: one slash at the end is let pass. */
function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}/?$`);
}

/** The document without `$ref`; what is referred to twice is one object. */
function inlined(document: unknown): OpenApi {
  const done = new Map<string, unknown>();
  const put = (node: unknown): unknown => {
    if (Array.isArray(node)) return node.map(put);
    if (typeof node !== 'object' || node === null) return node;
    if ('$ref' in node) return follow(String(node.$ref));
    return Object.fromEntries(Object.entries(node).map(([name, value]) => [name, put(value)]));
  };
  const follow = (ref: string): unknown => {
    if (!done.has(ref)) {
      const names = ref.replace('#/', '').split('/');
      done.set(ref, put(names.reduce<unknown>((node, name) => (node as Record<string, unknown>)[name], document)));
    }
    return done.get(ref);
  };
  return put(document) as OpenApi;
}
