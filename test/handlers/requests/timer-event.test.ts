import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimerEvent, type TimerOrder } from '../../../handlers/requests/timer-event.ts';
import { isRecord, parseJson } from '../../../lib/core/json.ts';
import { EXAMPLE_SHARE } from '../../support/examples.ts';

type Event = Readonly<Record<string, unknown>>;

const example = (name: string): Event => JSON.parse(readFileSync(`test/events/timer-${name}.json`, 'utf8'));
const TIMER: Event = { ...example('functiongraph'), user_event: '' };
const RULE: Event = example('eventbridge-rule');
const DRY_RUN = { dry_run: true };

describe('an order in its place is taken', () => {
  test.each([
    { name: 'the event itself', event: DRY_RUN },
    { name: 'the text in user_event', event: { ...TIMER, user_event: '{"dry_run": true}' } },
    { name: 'the object in detail', event: { ...RULE, detail: DRY_RUN } },
    { name: 'text in detail, as EventBridge Scheduler has it', event: { ...RULE, detail: '{"dry_run":true}' } },
    { name: 'user_event of a bare event', event: { trigger_type: 'TIMER', user_event: '{"dry_run":true}' } },
    { name: 'detail of a bare event', event: { 'detail-type': 'Scheduled Event', detail: DRY_RUN } },
  ])('$name', ({ event }) => {
    const order = parseTimerEvent(event);

    expect(order).toMatchObject({ dryRun: true });
  });

  test.each(['', ' \n', '{}', ' { } ', null, undefined])('%j in user_event is no order', (userEvent) => {
    const order = parseTimerEvent({ ...TIMER, user_event: userEvent });

    expect(order).toEqual({});
  });

  test('text with every field, and with spaces around them', () => {
    const text = ` { "shares" : [ "${EXAMPLE_SHARE}" ] , "max_deletes" : 3, "dry_run" : false } `;

    const order = parseTimerEvent({ ...TIMER, user_event: text });

    expect(order).toEqual({ dryRun: false, maxDeletes: 3, shares: new Set([EXAMPLE_SHARE]) });
  });
});

describe('an order in another place is refused by the name of that place, with the right one', () => {
  test.each([
    { event: { trigger_type: 'TIMER', dry_run: true }, names: 'unknown field "dry_run"', place: 'user_event' },
    { event: { ...TIMER, dry_run: true }, names: 'unknown field "dry_run"', place: 'user_event' },
    { event: { ...TIMER, max_deletes: 1 }, names: 'unknown field "max_deletes"', place: 'user_event' },
    { event: { ...TIMER, userEvent: '{"dry_run":true}' }, names: 'unknown field "userEvent"', place: 'user_event' },
    { event: { ...TIMER, user_Event: '{"dry_run":true}' }, names: 'unknown field "user_Event"', place: 'user_event' },
    { event: { ...TIMER, input: DRY_RUN }, names: 'unknown field "input"', place: 'user_event' },
    { event: { ...TIMER, detail: DRY_RUN }, names: 'unknown field "detail"', place: 'user_event' },
    { event: { ...TIMER, time: DRY_RUN }, names: 'time must be', place: 'user_event' },
    { event: { ...TIMER, trigger_name: '{"dry_run":true}' }, names: 'trigger_name must be', place: 'user_event' },
    { event: { ...RULE, dry_run: true }, names: 'unknown field "dry_run"', place: 'detail' },
    { event: { ...RULE, shares: [EXAMPLE_SHARE] }, names: 'unknown field "shares"', place: 'detail' },
    { event: { ...RULE, input: DRY_RUN }, names: 'unknown field "input"', place: 'detail' },
    { event: { ...RULE, Detail: DRY_RUN }, names: 'unknown field "Detail"', place: 'detail' },
    { event: { ...RULE, user_event: '{"dry_run":true}' }, names: 'unknown field "user_event"', place: 'detail' },
    { event: { ...RULE, resources: [DRY_RUN] }, names: 'resources must be', place: 'detail' },
    { event: { ...RULE, resources: '{"dry_run":true}' }, names: 'resources must be', place: 'detail' },
    { event: { ...RULE, account: 123_456_789_012 }, names: 'account must be', place: 'detail' },
    { event: { ...RULE, 'replay-name': 'march' }, names: 'unknown field "replay-name"', place: 'detail' },
  ])('$names', ({ event, names, place }) => {
    const parse = () => parseTimerEvent(event);

    expect(parse).toThrow(expect.objectContaining({ code: 'invalid_input' }));
    expect(parse).toThrow(names);
    expect(parse).toThrow(`an order belongs in ${place}`);
  });

  test.each([
    { event: { ...TIMER, trigger_type: 'timer' }, names: 'trigger_type must be "TIMER"' },
    { event: { ...TIMER, trigger_type: null }, names: 'trigger_type must be "TIMER"' },
    { event: { ...RULE, 'detail-type': ['Scheduled Event'] }, names: 'detail-type must be "Scheduled Event"' },
    { event: { ...TIMER, 'detail-type': 'Scheduled Event' }, names: 'unknown field "detail-type"' },
    { event: { user_event: '{"dry_run":true}' }, names: 'unknown field "user_event"' },
    { event: { detail: DRY_RUN }, names: 'unknown field "detail"' },
    { event: { input: DRY_RUN }, names: 'unknown field "input"' },
    { event: JSON.parse('{"__proto__":{"dry_run":true}}'), names: 'unknown field "__proto__"' },
    { event: { ...TIMER, user_event: '{"dry_run":true,"dry_run":false}' }, names: 'user_event has a field twice' },
    {
      event: { ...TIMER, user_event: '{"dry_run":true,"dry_\\u0072un":false}' },
      names: 'user_event has a field twice',
    },
    { event: { ...RULE, detail: '{"max_deletes":1,"max_deletes":9}' }, names: 'detail has a field twice' },
  ])('$names', ({ event, names }) => {
    const parse = () => parseTimerEvent(event);

    expect(parse).toThrow(names);
  });
});

describe('JSON that is nested as deep as it can be', () => {
  const depth = 100_000;
  const deepText = `{"shares":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const deepLists: unknown = JSON.parse(deepText);

  test.each([
    { name: 'in user_event', event: { ...TIMER, user_event: deepText } },
    { name: 'in detail', event: { ...RULE, detail: deepLists } },
    { name: 'in a field of the envelope', event: { ...RULE, resources: deepLists } },
    { name: 'as the order', event: deepLists },
  ])('is refused $name, like every other', ({ event }) => {
    expect(() => parseTimerEvent(event)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

/** Whether an order for a dry run stands anywhere in a value, in JSON text too. */
function ordersDryRun(value: unknown): boolean {
  if (typeof value === 'string') return value.includes('"dry_run":true') || ordersDryRun(parseJson(value) ?? null);
  if (Array.isArray(value)) return value.some(ordersDryRun);
  if (!isRecord(value)) return false;
  return value['dry_run'] === true || Object.entries(value).some((entry) => entry.some(ordersDryRun));
}

const FIELDS = [
  ...Object.keys(TIMER),
  ...Object.keys(RULE),
  ...['input', 'userEvent', 'event', 'body', 'Input', 'replay-name', 'dry_run', 'shares', 'max_deletes'],
];

/** An order, bare or wrapped in lists, objects and JSON text. */
function wrappedOrder(): fc.Arbitrary<unknown> {
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constant(DRY_RUN),
      fc.constant('{"dry_run":true,"dry_run":false}'),
      fc.constant({ dry_run: true, max_deletes: 1 }),
      tie('node').map((inner) => JSON.stringify(inner)),
      tie('node').map((inner) => [inner]),
      fc.tuple(fc.constantFrom(...FIELDS), tie('node')).map(([field, inner]) => ({ [field]: inner })),
    ),
  }));
  return node;
}

test('an order for a dry run, wherever it stands in an event, is carried out or refused', () => {
  const field = fc.oneof(fc.constantFrom(...FIELDS), fc.string());
  const event = fc
    .tuple(
      fc.constantFrom<Event>(TIMER, RULE, {}),
      field,
      wrappedOrder(),
      fc.dictionary(field, fc.jsonValue(), { maxKeys: 1 }),
    )
    .map(([envelope, at, order, more]) => ({ ...envelope, ...more, [at]: order }));

  fc.assert(
    fc.property(fc.oneof(event, wrappedOrder()), (input) => {
      expect(ordersDryRun(input)).toBe(true);
      let order: TimerOrder;
      try {
        order = parseTimerEvent(input);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid_input' });
        return;
      }
      expect(order).toMatchObject({ dryRun: true });
    }),
    { numRuns: 5_000 },
  );
});
