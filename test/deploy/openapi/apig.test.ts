import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { documentedRoutes } from '../../openapi.ts';
import { type Fields, importedBy, operationsOf, URN } from './imported.ts';

const apig = importedBy('apig');

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
      functions: Record<string, { functiongraph?: { routes?: Route[] } }>;
    };

    for (const [name, { functiongraph }] of Object.entries(functions)) {
      const routes = functiongraph?.routes ?? [];
      const documented = documentedRoutes.filter(({ operation }) => operation.tags[0] === name);
      expect(documented.filter((route) => !routes.some((deployed) => takes(deployed, route)))).toEqual([]);
      expect(routes.filter((deployed) => !documented.some((route) => takes(deployed, route)))).toEqual([]);
      expect(routes.every(({ auth }) => auth === 'NONE')).toBe(true);
    }
  });
});

interface Route {
  readonly method: string;
  readonly path: string;
  readonly auth: string;
  readonly match?: string;
}

/** Whether a deployed route takes the requests of a documented one. HEAD is asked where GET is. */
function takes(
  { method, path, match }: Route,
  documented: { readonly method: string; readonly path: string },
): boolean {
  const isMethod = method === documented.method || (method === 'HEAD' && documented.method === 'GET');
  return isMethod && (match === 'prefix' ? documented.path.startsWith(`${path}/`) : documented.path === path);
}
