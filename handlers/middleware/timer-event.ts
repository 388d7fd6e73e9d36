import { isRecord, parseJson } from '../../lib/error-body.ts';
import { ServiceError } from '../../lib/errors.ts';
import { parseSweepOrder, type SweepOrder } from '../../lib/sweep-order.ts';

// every gateway's event has at least one of them, and no schedule's has any
const GATEWAY_FIELDS = ['httpMethod', 'requestContext', 'rawPath', 'routeKey', 'headers'] as const;

/**
 * What a schedule's event orders. Three shapes: the `input` of an EventBridge schedule, which is our own JSON object; the
 * event that EventBridge makes where no input is set, with the order in `detail`; and FunctionGraph's TIMER event, with the
 * order as JSON text in `user_event`.
 *
 * @throws {ServiceError} `invalid_input` naming the field: what is not understood is refused, since to run by the
 *   configuration instead could delete more than was meant
 */
export function parseTimerEvent(input: unknown): SweepOrder {
  if (!isRecord(input)) throw new ServiceError('invalid_input', 'the event must be a JSON object');
  const foreign = GATEWAY_FIELDS.find((field) => input[field] !== undefined);
  if (foreign !== undefined) {
    throw new ServiceError('invalid_input', `the event has ${foreign}: the sweep takes no HTTP requests`);
  }
  if (input['trigger_type'] !== undefined) return parseFunctionGraphTimer(input);
  if (input['detail-type'] !== undefined) return parseScheduledEvent(input);
  return parseSweepOrder(input);
}

function parseFunctionGraphTimer({
  trigger_type: type,
  user_event: text,
}: Readonly<Record<string, unknown>>): SweepOrder {
  if (type !== 'TIMER') throw new ServiceError('invalid_input', 'trigger_type must be TIMER');
  return parseNested(text, 'user_event');
}

function parseScheduledEvent(event: Readonly<Record<string, unknown>>): SweepOrder {
  if (event['detail-type'] !== 'Scheduled Event') {
    throw new ServiceError('invalid_input', 'detail-type must be "Scheduled Event"');
  }
  return parseNested(event['detail'], 'detail');
}

/** An order inside another event: absent, an object, or JSON text of one; blank text is no order. */
function parseNested(value: unknown, field: string): SweepOrder {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string' && value.trim() === '') return {};
  const order = typeof value === 'string' ? parseJson(value) : value;
  if (!isRecord(order)) throw new ServiceError('invalid_input', `${field} must be blank or a JSON object`);
  return parseSweepOrder(order);
}
