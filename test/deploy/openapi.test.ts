import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentedRoutes } from '../openapi.ts';

const command = createRequire(import.meta.url)('../../deploy/openapi.cjs') as {
  convert: (words: readonly string[], yaml: string) => Imported | undefined;
};

// Neither gateway was tried: these are the rules that their documentation gives for what is imported.

const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:sfs-turbo-du-cleaner-prod-http';
const URN = 'urn:fss:cn-north-4:aa2d97d7e62c4b7da3ffdfc11551f878:function:default:sfs-turbo-du-cleaner-prod-http';

type Fields = Readonly<Record<string, unknown>>;
interface Imported {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly components?: { readonly schemas: Readonly<Record<string, Fields>> };
}

const yaml = readFileSync('openapi.yaml', 'utf8');
const convert = (...words: readonly string[]) => command.convert(words, yaml) as Imported;

function run(...words: readonly string[]) {
  return spawnSync(process.execPath, ['deploy/openapi.cjs', ...words], { encoding: 'utf8' });
}

const operationsOf = ({ paths }: Imported) => Object.values(paths).flatMap((methods) => Object.values(methods));

/** Every object in a document. */
function nodesOf(node: unknown): readonly Fields[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(nodesOf);
  return Array.isArray(node) ? inner : [node as Fields, ...inner];
}

const aws = convert('aws', `http=${ARN}`, `chat=${ARN}`);
const apig = convert('apig', `http=${URN}`, `chat=${URN}`);

describe.each([
  { gateway: 'AWS', document: aws },
  { gateway: 'APIG', document: apig },
])('what $gateway imports', ({ document }) => {
  test('is valid OpenAPI 3.0, the version that both take', async () => {
    const result = await new Validator().validate(structuredClone(document) as unknown as Record<string, unknown>);

    expect(result).toEqual({ valid: true });
    expect(document.openapi).toMatch(/^3\.0\./);
  });

  test('has every route of openapi.yaml', () => {
    const routes = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );

    expect(routes).toEqual(documentedRoutes.map(({ method, path }) => `${method} ${path}`));
  });

  // https://support.huaweicloud.com/intl/en-us/usermanual-apig/apig_03_0083.html, "template syntax"; AWS' "important notes"
  test('has parameters only as whole segments, each of them declared', () => {
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const segment of path.split('/').slice(1)) expect(segment).toMatch(/^([A-Za-z0-9.,-]+|\{[a-z_]+\})$/);
      const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      for (const { parameters = [] } of Object.values(methods)) {
        const inPath = (parameters as Fields[]).filter((parameter) => parameter['in'] === 'path');
        expect(inPath.map(({ name }) => name)).toEqual(names);
        expect(inPath.every(({ required }) => required === true)).toBe(true);
      }
    }
  });

  test('asks no gateway to check callers', () => {
    for (const node of nodesOf(document)) expect(node).not.toHaveProperty('security');
    expect(document.components ?? {}).not.toHaveProperty('securitySchemes');
  });

  test('has no placeholder left, and nothing of the other gateway', () => {
    const text = JSON.stringify(document);

    expect(text).not.toContain('FUNCTION_URN');
    expect(text.includes('x-amazon-')).toBe(document === aws);
    expect(text.includes('"x-apigateway-')).toBe(document === apig);
  });
});

describe('what AWS imports', () => {
  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-swagger-extensions-integration.html
  test('has an integration for each route that HTTP APIs and REST APIs have in common', () => {
    for (const operation of operationsOf(aws)) {
      const integration = operation['x-amazon-apigateway-integration'] as Fields;
      expect(integration).toMatchObject({ type: 'aws_proxy', httpMethod: 'POST', payloadFormatVersion: '2.0' });
      expect(integration['uri']).toBe(
        `arn:\${AWS::Partition}:apigateway:\${AWS::Region}:lambda:path/2015-03-31/functions/${ARN}/invocations`,
      );
      expect(integration['timeoutInMillis']).toBeGreaterThan(28_000); // what the function takes
      expect(integration['timeoutInMillis']).toBeLessThanOrEqual(29_000);
    }
  });

  // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html
  test('has nothing that REST APIs do not take', () => {
    const refused = ['additionalProperties', 'allOf', 'anyOf', 'oneOf', 'discriminator', 'readOnly', 'pattern'];
    const keywords = [...refused, 'example', 'examples', 'exclusiveMinimum', 'minItems', 'maxItems', 'deprecated'];

    for (const node of nodesOf(aws)) expect(Object.keys(node).filter((name) => keywords.includes(name))).toEqual([]);
    for (const path of Object.keys(aws.paths)) expect(path).not.toMatch(/^\/s?ping$/);
  });

  test('refers to models alone, which are objects with alphanumeric names', () => {
    const models = aws.components?.schemas ?? {};
    const refs = nodesOf(aws).flatMap((node) => (typeof node['$ref'] === 'string' ? [node['$ref']] : []));

    expect(refs.length).toBeGreaterThan(0);
    expect(refs.filter((ref) => !(ref.replace('#/components/schemas/', '') in models))).toEqual([]);
    for (const [name, model] of Object.entries(models)) {
      expect(name).toMatch(/^[A-Za-z0-9]+$/);
      expect(model['type']).toBe('object');
    }
  });
});

describe('what APIG imports', () => {
  // https://support.huaweicloud.com/intl/en-us/usermanual-apig/apig_03_0083.html
  test('has names that a group and its APIs can have', () => {
    const names = operationsOf(apig).map((operation) => String(operation['operationId']));

    expect(apig.info.title).toMatch(/^[A-Za-z]\w{2,63}$/);
    for (const name of names) expect(name).toMatch(/^[A-Za-z]\w{2,63}$/);
    expect(new Set(names).size).toBe(names.length);
    const descriptions = operationsOf(apig).map((operation) => String(operation['description']));
    for (const description of [apig.info.description, ...descriptions]) expect(description).toMatch(/^[^<>]{1,255}$/);
  });

  test('has no bodies, and of parameters only what APIG knows', () => {
    const known = ['type', 'maxLength', 'minLength', 'default', 'enum', 'description'];

    for (const operation of operationsOf(apig)) {
      expect(operation).not.toHaveProperty('requestBody');
      for (const { schema } of operation['parameters'] as { schema: Fields }[]) {
        expect(Object.keys(schema).filter((name) => !known.includes(name))).toEqual([]);
      }
    }
    expect(JSON.stringify(apig)).not.toContain('$ref');
  });

  // .../apig_03_0086.html, 0087, 0090, 0094 and 0106: what an API with a function behind it must have
  test('has the extensions of an API with a function behind it', () => {
    for (const operation of operationsOf(apig)) {
      expect(operation).toMatchObject({
        'x-apigateway-request-type': 'public',
        'x-apigateway-match-mode': 'NORMAL',
        'x-apigateway-is-send-fg-body-base64': true,
        'x-apigateway-backend': {
          type: 'FUNCTION',
          functionEndpoints: {
            'function-urn': URN,
            version: 'latest',
            'invocation-type': 'synchronous',
            timeout: expect.any(Number),
          },
        },
      });
      const { functionEndpoints } = operation['x-apigateway-backend'] as { functionEndpoints: { timeout: number } };
      expect(functionEndpoints.timeout).toBeLessThanOrEqual(60_000);
    }
  });

  test('has the routes that the deployment makes, open as there', () => {
    const { functions } = parse(readFileSync('serverless.yml', 'utf8')) as {
      functions: Record<string, { functiongraph?: { routes?: { method: string; path: string; auth: string }[] } }>;
    };
    const deployed = Object.entries(functions).flatMap(([name, { functiongraph }]) =>
      (functiongraph?.routes ?? []).map(({ method, path, auth }) => ({ name, route: `${method} ${path}`, auth })),
    );

    for (const name of new Set(deployed.map((route) => route.name))) {
      const routes = deployed.filter((route) => route.name === name);
      const documented = documentedRoutes.filter(({ operation }) => operation.tags[0] === name);
      expect(routes.map(({ route }) => route).toSorted()).toEqual(
        documented.map(({ method, path }) => `${method} ${path}`).toSorted(),
      );
      expect(routes.every(({ auth }) => auth === 'NONE')).toBe(true);
    }
  });
});

test('the routes of a function that is not named are left out', () => {
  const { paths } = convert('apig', `chat=${URN}`);

  expect(Object.keys(paths)).toEqual(['/v1/slack/commands', '/v1/slack/interactions', '/v1/feishu/events']);
});

test.each([
  { words: [] },
  { words: ['aws'] },
  { words: ['gcp', `http=${ARN}`] },
  { words: ['aws', ARN] },
  { words: ['aws', `http=${URN}`] },
  { words: ['apig', `http=${ARN}`] },
  { words: ['apig', 'http='] },
  { words: ['apig', `timer=${URN}`] },
])('$words are not understood', ({ words }) => {
  expect(command.convert(words, yaml)).toBeUndefined();
});

test('the command prints the document, or how it is used', () => {
  const [printed, refused] = [run('apig', `http=${URN}`), run('apig')];

  expect(printed).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(printed.stdout)).toEqual(convert('apig', `http=${URN}`));
  expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) });
});
