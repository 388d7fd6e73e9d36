import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseTimerEvent } from '../../../handlers/middleware/timer-event.ts';

const TIMER = { version: 'v2.0', time: '2026-01-01T00:00:00Z', trigger_type: 'TIMER', trigger_name: 'sweep' };
const SCHEDULED = {
  version: '0',
  id: '53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa',
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account: '123456789012',
  time: '2026-01-01T00:00:00Z',
  region: 'eu-central-1',
  resources: [],
};

describe('an envelope', () => {
  test('with its documented fields is an order of its order field', () => {
    expect(parseTimerEvent({ ...TIMER, user_event: '{"dry_run":true}' })).toMatchObject({ dryRun: true });
    expect(parseTimerEvent({ ...SCHEDULED, detail: { dry_run: true } })).toMatchObject({ dryRun: true });
  });

  test.each<[Record<string, unknown>, string]>([
    [{ trigger_type: 'TIMER', dry_run: true }, 'dry_run'],
    [{ ...TIMER, userEvent: '{"dry_run":true}' }, 'userEvent'],
    [{ ...TIMER, input: { dry_run: true } }, 'input'],
    [{ ...SCHEDULED, detail: {}, dry_run: true }, 'dry_run'],
    [{ ...SCHEDULED, input: { dry_run: true } }, 'input'],
    [{ ...SCHEDULED, user_event: '{"dry_run":true}' }, 'user_event'],
    [{ ...TIMER, 'detail-type': 'Scheduled Event', detail: { dry_run: true } }, 'detail-type'],
  ])('with an order in another place is refused by name: %j', (event, field) => {
    expect(() => parseTimerEvent(event)).toThrow(`unknown field "${field}" in the event; an order belongs in`);
  });

  test('never has its order ignored, wherever it stands', () => {
    const envelopes = fc.constantFrom<Record<string, unknown>>(TIMER, SCHEDULED, {});
    const orders = fc.constantFrom<unknown>(true, '{"dry_run":true}', { dry_run: true });
    const fields = fc.oneof(
      fc.string(),
      fc.constantFrom('dry_run', 'input', 'userEvent', 'user_event', 'detail', 'event', 'Detail', 'DRY_RUN'),
    );

    fc.assert(
      fc.property(envelopes, fields, orders, (envelope, field, order) => {
        // a documented text of the envelope itself is no place for an order
        fc.pre(!(field in envelope) && field !== '__proto__');
        let isDryRun: boolean | undefined;
        try {
          isDryRun = parseTimerEvent({ ...envelope, [field]: order }).dryRun;
        } catch {
          return true;
        }
        return isDryRun === true;
      }),
      { numRuns: 5_000 },
    );
  });
});
