import type { MiddlewareObj } from '@middy/core';
import { ServiceError } from '../../lib/core/errors.ts';
import type { HttpEvent } from './router.ts';

const MAX_BODY_BYTES = 65_536;

/** Refuses a body that is too large, also where the route ignores it. */
export function bodyLimit(): MiddlewareObj<HttpEvent> {
  return {
    before: ({ event }) => {
      if (event.rawBody.length <= MAX_BODY_BYTES) return;
      throw new ServiceError('body_too_large', `the body must have at most ${MAX_BODY_BYTES} bytes`);
    },
  };
}
