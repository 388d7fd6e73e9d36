import { describe, expect, test } from 'vitest';
import { ARN, type Fields, importedBy, nodesOf, operationsOf } from './imported.ts';

const aws = importedBy('aws');

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
    const refused = [
      'additionalProperties',
      'allOf',
      'anyOf',
      'oneOf',
      'discriminator',
      'readOnly',
      'pattern',
      'nullable',
    ];
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
