import * as v from 'valibot';
import type { CheckQuery } from '../../lib/check/context.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import { quoted } from '../../lib/core/task.ts';

/** An event that orders a check, and no sweep. */
export interface CheckOrder {
  readonly check: Pick<CheckQuery, 'targets' | 'probeDelete'>;
}

const ORDER = v.object({
  check: v.literal(true),
  targets: v.optional(v.pipe(v.array(v.string()), v.minLength(1))),
  probe_delete: v.optional(v.boolean(), false),
});

const EXPECTED: Readonly<Record<string, string>> = {
  check: 'must be true',
  targets: 'must be a list of names of targets',
  probe_delete: 'must be true or false',
};

/** Whether an event's object orders a check, well or not. */
export function isCheckOrder(input: Readonly<Record<string, unknown>>): boolean {
  return Object.hasOwn(input, 'check');
}

/**
 * `{"check": true, "targets": ["prod"], "probe_delete": true}`, from untrusted input.
 *
 * @throws {ServiceError} `invalid_input` naming the first faulty field
 */
export function parseCheckOrder(input: Readonly<Record<string, unknown>>): CheckOrder {
  const known = Object.keys(ORDER.entries);
  const unknown = Object.keys(input).find((field) => !known.includes(field));
  if (unknown !== undefined) {
    const message = `unknown field ${quoted(unknown)} in an event for a check; known: ${known.join(', ')}`;
    throw new ServiceError('invalid_input', message);
  }
  const result = v.safeParse(ORDER, input);
  if (!result.success) {
    const name = String(v.getDotPath(result.issues[0])?.split('.')[0]);
    throw new ServiceError('invalid_input', `${name} ${EXPECTED[name]}`);
  }
  const { targets, probe_delete: probeDelete } = result.output;
  return { check: { targets: targets && new Set(targets), probeDelete } };
}
