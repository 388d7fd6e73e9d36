import { spawnSync } from 'node:child_process';
import { Validator } from '@seriousme/openapi-schema-validator';
import { describe, expect, test } from 'vitest';
import { documentedRoutes } from '../openapi.ts';
import { ARN, convert, type Fields, importedBy, nodesOf, URN } from './openapi/imported.ts';

const aws = importedBy('aws');
const apig = importedBy('apig');

function run(...words: readonly string[]) {
  return spawnSync(process.execPath, ['deploy/openapi.cjs', ...words], { encoding: 'utf8' });
}

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

test('the routes of a function that is not named are left out', () => {
  const document = convert('apig', `chat=${URN}`);

  expect(Object.keys(document?.paths ?? {})).toEqual([
    '/v1/slack/commands',
    '/v1/slack/interactions',
    '/v1/feishu/events',
  ]);
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
  expect(convert(...words)).toBeUndefined();
});

test('the command prints the document, or how it is used', () => {
  const [printed, refused] = [run('apig', `http=${URN}`), run('apig')];

  expect(printed).toMatchObject({ status: 0, stderr: '' });
  expect(JSON.parse(printed.stdout)).toEqual(convert('apig', `http=${URN}`));
  expect(refused).toMatchObject({ status: 2, stdout: '', stderr: expect.stringMatching(/^usage: /) });
});
