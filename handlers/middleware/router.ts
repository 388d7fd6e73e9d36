import type { MiddyfiedHandler } from '@middy/core';
import type { Context } from 'aws-lambda';
import { ServiceError } from '../../lib/core/errors.ts';
import type { Answer } from '../platform/answer.ts';
import { toFunction } from '../platform/chain.ts';
import type { HttpRequest } from '../platform/http-request.ts';
import type { Invocation } from '../platform/invocation.ts';

/** What the chain of a route works on. */
export interface HttpEvent extends HttpRequest, Match {
  readonly invocation: Invocation;
  /** The text that came; behind the JSON parser, what it says. */
  body: unknown;
}

export interface Route {
  readonly method: string;
  readonly path: string;
  readonly handler: (event: HttpEvent, context: object) => Promise<Answer>;
}

/** The route of a request. */
interface Match {
  /** Method and path, for the log; `none` without a route. */
  readonly route: string;
  /** As they came, still percent-encoded. */
  readonly pathParameters: Readonly<Record<string, string>>;
  /** Without a route it refuses the request. */
  readonly handler: Route['handler'];
}

/** @param chain the middlewares that the route needs, and its handler */
export function route<Added extends Context>(
  method: string,
  path: string,
  chain: MiddyfiedHandler<HttpEvent, Answer, Error, Added>,
): Route {
  return { method, path, handler: toFunction(chain) };
}

/** In place of @middy/http-router, which has one answer for a wrong path and a wrong method. */
export function createRouter(routes: readonly Route[]): (request: HttpRequest) => Match {
  const patterns = routes.map((each) => ({ ...each, pattern: toPattern(each.path) }));
  return (request) => {
    const matches = patterns.flatMap(({ method, path, handler, pattern }) => {
      const match = pattern.exec(request.path);
      return match === null
        ? []
        : [{ method, handler, route: `${method} ${path}`, pathParameters: match.groups ?? {} }];
    });
    const allow = matches.map(({ method }) => method);
    return matches.find(({ method }) => method === request.method) ?? noRoute(allow);
  };
}

/** @param allow the methods that the path does take */
function noRoute(allow: readonly string[]): Match {
  const failure =
    allow.length === 0
      ? new ServiceError('no_route', 'there is no such route')
      : new ServiceError('method_not_allowed', `this route takes ${allow.join(', ')} only`, { allow });
  return { route: 'none', pathParameters: {}, handler: () => Promise.reject(failure) };
}

/** `/a/{b}` as a pattern with one group per parameter; one slash at the end is let pass. */
function toPattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}/?$`);
}
