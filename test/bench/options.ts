import { parseArgs } from 'node:util';
import { FULL, QUICK, type Scale, SMOKE } from './scale.ts';

export const PARTS = ['cold', 'first', 'warm', 'apart', 'sweep', 'targets', 'sizes'] as const;
export type Part = (typeof PARTS)[number];

export interface Options {
  /** In the order of {@link PARTS}. */
  readonly parts: readonly Part[];
  readonly scale: Scale;
  readonly roundTripMs: number;
  readonly tls: boolean;
  readonly json: boolean;
}

const ROUND_TRIP_MS = 50;

export const USAGE = `npm run bench -- [part ...] [options]

  part               any of ${PARTS.join(', ')} (default: all of them)
  --quick            fewer rounds, calls and tasks, and no pause of 30 s
  --smoke            everything once, to see that it works
  --rounds N         of cold, first and warm (default: ${FULL.rounds}; with --quick: ${QUICK.rounds})
  --targets N        of the part targets, the most of them (default: ${FULL.targets.at(-1)}); 1000 take ten minutes and more
  --round-trip MS    of the network, more than 0 (default: ${ROUND_TRIP_MS})
  --plain            HTTP in place of TLS
  --json             every figure as JSON, and nothing else

It runs on the Node that starts it. On another one: npx --strict-allow-scripts=false --package=node@24 -- npm run bench`;

/** @throws {Error} saying which argument is wrong */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      quick: { type: 'boolean', default: false },
      smoke: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      targets: { type: 'string' },
      'round-trip': { type: 'string', default: String(ROUND_TRIP_MS) },
      plain: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.filter((name) => !PARTS.some((part) => part === name));
  if (unknown.length > 0) throw new RangeError(`there is no part ${unknown.join(', ')}`);
  const scale = values.smoke ? SMOKE : values.quick ? QUICK : FULL;
  const rounds = Number(values.rounds ?? scale.rounds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError('--rounds must be a whole number, at least 1');
  const most = Number(values.targets ?? scale.targets.at(-1));
  if (!Number.isInteger(most) || most < 2 || most > 10_000)
    throw new RangeError('--targets must be a whole number from 2 to 10000');
  const targets = values.targets === undefined ? scale.targets : [1, most];
  const roundTripMs = Number(values['round-trip']);
  if (!(roundTripMs > 0 && roundTripMs <= 1_000))
    throw new RangeError('--round-trip must be more than 0, at most 1000');
  return {
    parts: PARTS.filter((part) => positionals.length === 0 || positionals.includes(part)),
    scale: { ...scale, rounds, targets },
    roundTripMs,
    tls: !values.plain,
    json: values.json,
  };
}
