import { describe, expect, test } from 'vitest';
import { toHttpRequest } from '../../../handlers/platform/http-request.ts';

describe('the query', () => {
  test('of an HTTP API and a function URL is read as it came', () => {
    const event = {
      version: '2.0',
      rawPath: '/x',
      rawQueryString: 'limit=1&limit=2&path_prefix=%2Fa+b%2Bc&empty=&bare',
      // doubled parameters are joined here, so that a comma may be either
      queryStringParameters: { limit: '1,2' },
      requestContext: { http: { method: 'GET', path: '/x' } },
    };

    expect(toHttpRequest(event).query).toEqual([
      ['limit', '1'],
      ['limit', '2'],
      ['path_prefix', '/a b+c'],
      ['empty', ''],
      ['bare', ''],
    ]);
  });

  test('of a REST API has every value of a doubled parameter', () => {
    const event = {
      httpMethod: 'GET',
      path: '/x',
      queryStringParameters: { limit: '2', path_prefix: '/a b' },
      multiValueQueryStringParameters: { limit: ['1', '2'], path_prefix: ['/a b'] },
    };

    expect(toHttpRequest(event).query).toEqual([
      ['limit', '1'],
      ['limit', '2'],
      ['path_prefix', '/a b'],
    ]);
  });

  test.each([[{ limit: '1', path_prefix: '/a b' }], [{ limit: ['1'], path_prefix: '/a b' }]])(
    'of APIG is decoded already, its values texts or lists: %j',
    (queryStringParameters) => {
      expect(toHttpRequest({ httpMethod: 'GET', path: '/x', queryStringParameters }).query).toEqual([
        ['limit', '1'],
        ['path_prefix', '/a b'],
      ]);
    },
  );

  test.each([
    {},
    { queryStringParameters: null },
    { queryStringParameters: {}, multiValueQueryStringParameters: null },
    { queryStringParameters: 'limit=1' },
    { rawQueryString: '' },
    { rawQueryString: 7 },
  ])('is empty in %j', (event) => {
    expect(toHttpRequest(event).query).toEqual([]);
  });

  test('has an empty text for what is none', () => {
    expect(toHttpRequest({ queryStringParameters: { limit: 1, marker: { toString: 0 } } }).query).toEqual([
      ['limit', ''],
      ['marker', ''],
    ]);
  });
});
