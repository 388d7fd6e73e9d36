import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord } from '../../lib/core/json.ts';

/**
 * The target that a body names, and the rest of the body. A function without named targets has no such field, and leaves it
 * to whoever reads the rest.
 *
 * @throws {ServiceError} `invalid_input` when it is no text
 */
export function takeTarget(
  body: unknown,
  hasNames: boolean,
): { readonly target: string | undefined; readonly rest: unknown } {
  if (!hasNames || !isRecord(body) || !Object.hasOwn(body, 'target')) return { target: undefined, rest: body };
  const { target, ...rest } = body;
  if (typeof target === 'string' && target !== '') return { target, rest };
  throw new ServiceError('invalid_input', 'target must be the name of a target');
}
