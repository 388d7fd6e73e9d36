import { isRecord, parseJson } from '../../lib/error-body.ts';
import { ServiceError } from '../../lib/errors.ts';
import { parseSweepOrder, type SweepOrder } from '../../lib/sweep-order.ts';
import { quoted } from '../../lib/task.ts';

// every gateway's event has at least one of them, and no schedule's has any
const GATEWAY_FIELDS = ['httpMethod', 'requestContext', 'rawPath', 'routeKey', 'headers'] as const;

type Fields = Readonly<Record<string, unknown>>;

/** The fields that FunctionGraph documents for a TIMER event. */
const TIMER_FIELDS: ReadonlySet<string> = new Set(['version', 'time', 'trigger_type', 'trigger_name', 'user_event']);
/** The fields that EventBridge documents for a scheduled event. A replayed one has `replay-name` too: it orders a run of the past. */
const SCHEDULED_FIELDS: ReadonlySet<string> = new Set([
  'version',
  'id',
  'detail-type',
  'source',
  'account',
  'time',
  'region',
  'resources',
  'detail',
]);

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

function parseFunctionGraphTimer(event: Fields): SweepOrder {
  if (event['trigger_type'] !== 'TIMER') throw new ServiceError('invalid_input', 'trigger_type must be TIMER');
  refuseOtherFields(event, TIMER_FIELDS, 'user_event');
  return parseNested(event['user_event'], 'user_event');
}

function parseScheduledEvent(event: Fields): SweepOrder {
  if (event['detail-type'] !== 'Scheduled Event') {
    throw new ServiceError('invalid_input', 'detail-type must be "Scheduled Event"');
  }
  refuseOtherFields(event, SCHEDULED_FIELDS, 'detail');
  return parseNested(event['detail'], 'detail');
}

/** An order in the wrong place must not be ignored: the run would do more than was meant. */
function refuseOtherFields(event: Fields, documented: ReadonlySet<string>, orderField: string): void {
  const other = Object.keys(event).find((field) => !documented.has(field));
  if (other === undefined) return;
  throw new ServiceError(
    'invalid_input',
    `unknown field ${quoted(other)} in the event; an order belongs in ${orderField}`,
  );
}

/** An order inside another event: absent, an object, or JSON text of one; blank text is no order. */
function parseNested(value: unknown, field: string): SweepOrder {
  if (value === undefined || value === null) return {};
  if (typeof value === 'string' && value.trim() === '') return {};
  const order = typeof value === 'string' ? parseJson(value) : value;
  if (!isRecord(order)) throw new ServiceError('invalid_input', `${field} must be blank or a JSON object`);
  return parseSweepOrder(order);
}
