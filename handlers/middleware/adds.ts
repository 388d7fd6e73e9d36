import type { MiddlewareObj } from '@middy/core';
import type { Context } from 'aws-lambda';

/**
 * A middleware that puts one value into the context under its name, as Middy's own do with `setToContext`, or refuses.
 *
 * @param make what it throws ends the chain
 */
export function adds<Event, Name extends string, Value, Known extends Context = Context>(
  name: Name,
  make: (event: Event, context: Known) => Value | Promise<Value>,
): MiddlewareObj<Event, unknown, Error, Known & Readonly<Record<Name, Value>>> {
  return {
    before: async ({ event, context }) => {
      Object.assign(context, { [name]: await make(event, context) });
    },
  };
}
