import type { MiddlewareObj } from '@middy/core';
import type { LogFactory } from '../../lib/core/log.ts';
import { type Answer, answerFailure } from '../platform/answer.ts';
import type { HttpEvent } from './router.ts';

/** Turns whatever a chain throws into the route's answer. */
export function failures(logs: LogFactory): MiddlewareObj<HttpEvent, Answer> {
  return {
    onError: (request) => {
      request.response = answerFailure(request.error, logs(request.event.invocation.requestId));
    },
  };
}
