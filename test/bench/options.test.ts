import { expect, test } from 'vitest';
import { PARTS, readOptions } from './options.ts';
import { FULL, QUICK } from './scale.ts';

test('the benchmark measures every part in full, over TLS and a round trip of 50 ms, when nothing is asked for', () => {
  expect(readOptions([])).toEqual({ parts: PARTS, scale: FULL, roundTripMs: 50, tls: true, json: false });
});

test('parts, their size and the network can be chosen', () => {
  const options = readOptions(['warm', 'cold', '--quick', '--rounds', '1', '--round-trip', '20', '--plain', '--json']);

  expect(options).toEqual({
    parts: ['cold', 'warm'],
    scale: { ...QUICK, rounds: 1 },
    roundTripMs: 20,
    tls: false,
    json: true,
  });
});

test('the part targets can have as many as are asked for, beside one', () => {
  const { scale } = readOptions(['targets', '--targets', '1000']);

  expect(scale).toEqual({ ...FULL, targets: [1, 1_000] });
});

test.each([
  { args: ['tepid'], message: /no part tepid/ },
  { args: ['--rounds', '0'], message: /--rounds/ },
  { args: ['--rounds', 'many'], message: /--rounds/ },
  { args: ['--targets', '1'], message: /--targets/ },
  { args: ['--round-trip', '0'], message: /--round-trip/ },
  { args: ['--fast'], message: /--fast/ },
])('of $args it says what is wrong with them', ({ args, message }) => {
  expect(() => readOptions(args)).toThrow(message);
});
