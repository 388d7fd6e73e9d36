import { ServiceError } from '../../lib/core/errors.ts';
import { isRecord, parseJson } from '../../lib/core/json.ts';
import { quoted } from '../../lib/core/task.ts';
import { parseTargetOverrides, type SweepOverrides } from '../../lib/sweep/overrides.ts';
import { type CheckOrder, isCheckOrder, parseCheckOrder } from './check-order.ts';

/** What an event orders: a sweep and what narrows it, or a check. */
export type TimerOrder = SweepOverrides | CheckOrder;

type Event = Readonly<Record<string, unknown>>;

/** An event in which a platform wraps our overrides. */
interface Envelope {
  /** The field that tells it from other events, and its value. */
  readonly typeField: string;
  readonly type: string;
  /** Every documented field but that of the overrides. Each may be absent, as in an event that was written by hand. */
  readonly fields: ReadonlyMap<string, (value: unknown) => boolean>;
  readonly overridesField: string;
}

// every gateway's event has at least one of them, and no schedule's has any
const GATEWAY_FIELDS = ['httpMethod', 'requestContext', 'rawPath', 'routeKey', 'headers'] as const;

/** @see https://support.huaweicloud.com/eu/devg-functiongraph/functiongraph_02_0102.html */
const TIMER: Readonly<Envelope> = {
  typeField: 'trigger_type',
  type: 'TIMER',
  fields: new Map([
    ['version', isPlainText],
    ['time', isPlainText],
    ['trigger_type', isPlainText],
    ['trigger_name', isPlainText],
  ]),
  overridesField: 'user_event',
};

/**
 * Without `replay-name`, which AWS documents for replayed events: a replayed day would start all runs of that day at once,
 * each with a cap of its own.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/ref/events-structure.html
 */
const SCHEDULED_EVENT: Readonly<Envelope> = {
  typeField: 'detail-type',
  type: 'Scheduled Event',
  fields: new Map([
    ...['version', 'id', 'detail-type', 'source', 'account', 'time', 'region'].map(
      (field) => [field, isPlainText] as const,
    ),
    ['resources', (value) => Array.isArray(value) && value.every(isPlainText)],
  ]),
  overridesField: 'detail',
};

/**
 * The order in a schedule's event, which has one of three shapes: our own JSON object, as the `input` of an EventBridge
 * schedule; the event that EventBridge makes where no input is set, with the overrides in `detail`; FunctionGraph's TIMER
 * event, with the overrides as JSON text in `user_event`. Of the last two only the documented fields are taken.
 *
 * @throws {ServiceError} `invalid_input` naming the field: a run by the configuration alone could delete more than was meant
 */
export function parseTimerEvent(input: unknown): TimerOrder {
  if (!isRecord(input)) throw invalid('the event must be a JSON object');
  const foreign = GATEWAY_FIELDS.find((field) => input[field] !== undefined);
  if (foreign !== undefined) throw invalid(`the event has ${foreign}: the sweep takes no HTTP requests`);
  const envelope = [TIMER, SCHEDULED_EVENT].find(({ typeField }) => Object.hasOwn(input, typeField));
  if (envelope === undefined) return parseOrder(input);
  checkFields(input, envelope);
  return parseNested(input[envelope.overridesField], envelope.overridesField);
}

/** Refuses overrides beside their field, or in a field for something else. */
function checkFields(event: Event, { typeField, type, fields, overridesField }: Envelope): void {
  if (event[typeField] !== type) throw invalid(`${typeField} must be "${type}"`);
  for (const [field, value] of Object.entries(event)) {
    if (field === overridesField) continue;
    const isFit = fields.get(field);
    if (isFit === undefined) {
      const known = [...fields.keys(), overridesField].join(', ');
      throw invalid(`unknown field ${quoted(field)}; known: ${known}; an order belongs in ${overridesField}`);
    }
    if (!isFit(value)) throw invalid(`${field} must be plain text; an order belongs in ${overridesField}`);
  }
}

/** Names and times have no braces; JSON, which could hold overrides, has. */
function isPlainText(value: unknown): boolean {
  return typeof value === 'string' && !/[{}]/.test(value);
}

/** Overrides inside another event: absent, an object, or JSON text of one. Blank text counts as absent. */
function parseNested(value: unknown, field: string): TimerOrder {
  if (value === undefined || value === null) return {};
  if (typeof value !== 'string') return parseObject(value, field);
  if (value.trim() === '') return {};
  const fields = parseJson(value);
  const overrides = parseObject(fields, field);
  // JSON.parse keeps only the last of two fields with one name. Field names and share ids have no colon, so the text must have
  // exactly one colon for each field.
  if (value.split(':').length - 1 !== Object.keys(Object(fields)).length) throw invalid(`${field} has a field twice`);
  return overrides;
}

function parseObject(value: unknown, field: string): TimerOrder {
  if (!isRecord(value)) throw invalid(`${field} must be blank or a JSON object`);
  return parseOrder(value);
}

function parseOrder(input: Event): TimerOrder {
  return isCheckOrder(input) ? parseCheckOrder(input) : parseTargetOverrides(input);
}

function invalid(message: string): ServiceError {
  return new ServiceError('invalid_input', message);
}
