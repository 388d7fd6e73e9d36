import type { MiddlewareObj } from '@middy/core';
import httpJsonBodyParser from '@middy/http-json-body-parser';
import { ServiceError } from '../../lib/core/errors.ts';
import type { HttpEvent } from './http-chain.ts';

const MAX_BODY_BYTES = 65_536;
// the media type has been checked by then; the first option is missing from the package's types
const PARSER_OPTIONS = { disableContentTypeCheck: true, disableContentTypeError: true } as const;
const JSON_MEDIA_TYPE = /^application\/json[ \t]*(;.*)?$/i;

const { before: parse } = httpJsonBodyParser(PARSER_OPTIONS) as MiddlewareObj;

/**
 * For routes that ignore their body, too.
 *
 * @throws {ServiceError} `body_too_large`
 */
export function checkBodySize({ rawBody }: HttpEvent): void {
  if (rawBody.length > MAX_BODY_BYTES) {
    throw new ServiceError('body_too_large', `the body must have at most ${MAX_BODY_BYTES} bytes`);
  }
}

/**
 * `event.body` becomes the decoded JSON. Around Middy's parser, which takes only one spelling of the media type, has one
 * status for both faults, and puts the body into its error, from where it would get into a log.
 *
 * @throws {ServiceError} `body_too_large`, `media_type`, `invalid_input`
 */
export async function readJson(event: HttpEvent): Promise<void> {
  checkBodySize(event);
  if (!JSON_MEDIA_TYPE.test(event.headers['content-type'] ?? '')) {
    throw new ServiceError('media_type', 'content-type must be application/json');
  }
  try {
    await parse?.({ event } as never);
  } catch {
    throw new ServiceError('invalid_input', 'body is not valid JSON');
  }
}
