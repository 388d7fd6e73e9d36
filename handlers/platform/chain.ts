import type { MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';

/**
 * A finished chain as a plain function.
 *
 * Middy's types ask the caller for all that the chain's middlewares add to the context, and for the whole of Lambda's. Its
 * code needs an object and, for the early time-out, `getRemainingTimeInMillis`. What a handler expects in the context is
 * still proven: `.handler()` takes only a handler whose context the middlewares before it have filled, and our middlewares
 * read nothing from it.
 */
export function toFunction<Event, Result, Added extends Context>(
  chain: MiddyfiedHandler<Event, Result, Error, Added>,
): (event: Event, context: object) => Promise<Result> {
  const run: (event: Event, context: Added) => Promise<Result> = chain;
  return run as (event: Event, context: object) => Promise<Result>; // the reason is above
}
