import { afterAll, beforeAll, expect, test } from 'vitest';
import { accountedFor } from '../support/accounts.ts';
import type { Dice } from '../support/random.ts';
import { bundleForTest } from './clocked-bundle.ts';
import { type Race, type RaceTrack, startTrack } from './races.ts';

// The bundle itself runs, loaded once for each seed into this process with a clock of the test's own: jumps of minutes would
// take minutes otherwise.
const SEEDS = 200;
let track: RaceTrack;

beforeAll(async () => {
  track = await startTrack(await bundleForTest('handlers/timer.ts'));
});
afterAll(() => track?.close());

const count = (races: readonly Race[], of: (race: Race) => number): number =>
  races.reduce((sum, race) => sum + of(race), 0);

test(`whatever changes between a listing and a DELETE, nothing goes that is not due by what was shown: ${SEEDS} seeds`, async () => {
  const races: Race[] = [];
  const wrong: unknown[] = [];

  for (let seed = 1; seed <= SEEDS; seed += 1) {
    const race = await track.run(seed);
    races.push(race);
    const { complaints, deletes, most, summary } = race;
    const { due, deleted, already_gone: gone, failed, remaining, listed } = summary;
    const isConsistent =
      due === Number(deleted) + Number(gone) + Number(failed) + Number(remaining) && listed === accountedFor(summary);
    const isCapped = Number(deleted) <= most;
    if (complaints.length > 0 || !isConsistent || !isCapped || Number(remaining) < 0) wrong.push({ seed, ...race });
    if (deletes < Number(deleted)) wrong.push({ seed, ...race });
  }

  expect(wrong).toEqual([]);
  // a run in which nothing happens shows nothing
  expect(count(races, ({ deletes }) => deletes)).toBeGreaterThan(200);
  expect(count(races, ({ looks }) => looks)).toBeGreaterThan(100);
  expect(count(races, ({ readings }) => readings)).toBeGreaterThan(2 * SEEDS + 50);
  expect(count(races, ({ summary }) => Number(summary['protected']))).toBeGreaterThan(50);
  const reasons = new Set(races.flatMap(({ withdrawn }) => withdrawn));
  for (const reason of ['finished', 'gone', 'newest_of_path', 'too_young', 'time_unreadable'])
    expect(reasons).toContain(reason);
});

test('a dry run deletes nothing, whatever changes under it', async () => {
  const dryRun = { dry_run: true };
  const dryRunEvent = (dice: Dice): unknown =>
    dice.oneOf<unknown>([
      dryRun,
      { trigger_type: 'TIMER', user_event: JSON.stringify(dryRun) },
      { 'detail-type': 'Scheduled Event', detail: dryRun },
    ]);

  for (let seed = 1; seed <= 20; seed += 1) {
    const { deletes, summary } = await track.run(seed, dryRunEvent);

    expect({ seed, deletes, dry: summary['dry_run'] }).toEqual({ seed, deletes: 0, dry: true });
  }
});

test('overrides in a place that no schedule has are refused, and nothing is sent', async () => {
  const dryRun = { dry_run: true };
  const misplaced = [
    { trigger_type: 'TIMER', ...dryRun },
    { trigger_type: 'TIMER', userEvent: JSON.stringify(dryRun) },
    { trigger_type: 'TIMER', user_event: '', input: dryRun },
    { 'detail-type': 'Scheduled Event', ...dryRun },
    { 'detail-type': 'Scheduled Event', detail: {}, input: dryRun },
    { input: dryRun },
  ];

  for (const [index, event] of misplaced.entries()) {
    const { deletes, readings, summary } = await track.run(index + 1, () => event);

    expect({ event, deletes, readings, summary }).toEqual({ event, deletes: 0, readings: 0, summary: {} });
  }
});
