import { describe, expect, test } from 'vitest';
import { createDeliveries, deliveryKey } from '../../../lib/tasks/deliveries.ts';
import { createFakeRuntime } from '../../support/fake-runtime.ts';

const BODY = Buffer.from('{"task_id":"a"}');
const KEY = deliveryKey('a', BODY);
const REMEMBERED_MS = 600_000;

/** A delivery that counts how often it is carried out. */
function counted(outcomes: readonly (string | Error)[] = []) {
  let runs = 0;
  const deliver = async (): Promise<string> => {
    runs += 1;
    await Promise.resolve();
    const outcome = outcomes[runs - 1] ?? `result ${runs}`;
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  return { deliver, runs: () => runs };
}

describe('a delivery', () => {
  test('that comes again is answered and not repeated', async () => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted();

    const answers = [await deliveries.once(KEY, deliver), await deliveries.once(KEY, deliver)];

    expect(answers).toEqual(['result 1', 'result 1']);
    expect(runs()).toBe(1);
  });

  test('that comes ten times at once is carried out once', async () => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted();

    const answers = await Promise.all(Array.from({ length: 10 }, () => deliveries.once(KEY, deliver)));

    expect(new Set(answers)).toEqual(new Set(['result 1']));
    expect(runs()).toBe(1);
  });

  test.each([
    { what: 'another id', id: 'b', body: BODY },
    { what: 'another body under the same id', id: 'a', body: Buffer.from('{"task_id":"b"}') },
    { what: 'the same bytes divided otherwise', id: 'a.', body: BODY.subarray(1) },
  ])('with $what is another one', async ({ id, body }) => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted();

    await deliveries.once(KEY, deliver);
    await deliveries.once(deliveryKey(id, body), deliver);

    expect(runs()).toBe(2);
  });

  test('that failed is carried out when the sender tries again', async () => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted([new Error('first'), 'second']);

    await expect(deliveries.once(KEY, deliver)).rejects.toThrow('first');
    const answer = await deliveries.once(KEY, deliver);

    expect(answer).toBe('second');
    expect(runs()).toBe(2);
  });

  test('that failed fails for everyone who waited for it', async () => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted([new Error('first')]);

    const outcomes = await Promise.allSettled([deliveries.once(KEY, deliver), deliveries.once(KEY, deliver)]);

    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(runs()).toBe(1);
  });

  test.each([
    { ageMs: REMEMBERED_MS - 1, runs: 1 },
    { ageMs: REMEMBERED_MS, runs: 2 },
  ])('of $ageMs ms ago that comes again has been carried out $runs times', async ({ ageMs, runs: expected }) => {
    const runtime = createFakeRuntime();
    const deliveries = createDeliveries<string>(runtime);
    const { deliver, runs } = counted();
    await deliveries.once(KEY, deliver);

    runtime.advance(ageMs);
    await deliveries.once(KEY, deliver);

    expect(runs()).toBe(expected);
  });

  test('is forgotten when a thousand newer ones have come, so that memory has an end', async () => {
    const deliveries = createDeliveries<string>(createFakeRuntime());
    const { deliver, runs } = counted();
    await deliveries.once('first', deliver);
    await deliveries.once('second', deliver);

    for (let n = 0; n < 999; n += 1) await deliveries.once(`n${n}`, async () => 'other');
    await deliveries.once('second', deliver);
    expect(runs()).toBe(2);
    await deliveries.once('first', deliver);

    expect(runs()).toBe(3);
  });

  test('is known to one memory only', async () => {
    const runtime = createFakeRuntime();
    const { deliver, runs } = counted();

    await createDeliveries<string>(runtime).once(KEY, deliver);
    await createDeliveries<string>(runtime).once(KEY, deliver);

    expect(runs()).toBe(2);
  });
});
