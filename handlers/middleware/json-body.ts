import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';
import type { HttpEvent } from './router.ts';

const EMPTY = 'body is empty; it must be a JSON object, and query strings are not read';
const JSON_MEDIA_TYPE = /^application\/json[ \t]*(;.*)?$/i;

/** In place of the parser's own check, which takes only one spelling of the media type. A body must be there at all. */
export function jsonMediaType(): MiddlewareObj<HttpEvent> {
  return {
    before: ({ event }) => {
      if (String(event.body).trim() === '') throw new ServiceError('invalid_input', EMPTY);
      if (JSON_MEDIA_TYPE.test(event.headers['content-type'] ?? '')) return;
      throw new ServiceError('media_type', 'content-type must be application/json');
    },
  };
}

// the first option is missing from the package's types
const PARSER_OPTIONS = { disableContentTypeCheck: true, disableContentTypeError: true } as const;

/** Middy's parser: `event.body` becomes what the text says. Its error holds the body, which must not get into a log. */
export function jsonBody(): MiddlewareObj<HttpEvent> {
  // a cast, since the package's types know the events of AWS only; it reads their `headers` and `body`
  const parser = httpJsonBodyParser(PARSER_OPTIONS) as MiddlewareObj;
  return {
    ...parser,
    onError: (request) => {
      if (!isParserError(request.error)) return;
      request.error = new ServiceError('invalid_input', 'body is not valid JSON');
    },
  };
}

function isParserError(error: Error | null): boolean {
  return isRecord(error?.cause) && error.cause['package'] === '@middy/http-json-body-parser';
}
