import { expect, test } from 'vitest';
import { parseDurationMs } from '../../../lib/config/duration.ts';

const MINUTE_MS = 60_000;

test.each([
  { text: '90m', minutes: 90 },
  { text: '24h', minutes: 1_440 },
  { text: '7d', minutes: 10_080 },
  { text: '0h', minutes: 0 },
  { text: 'PT36H', minutes: 2_160 },
  { text: 'P7D', minutes: 10_080 },
  { text: 'P30D', minutes: 43_200 },
  { text: 'PT90M', minutes: 90 },
  { text: 'P1DT12H', minutes: 2_160 },
  { text: 'P1DT1H30M', minutes: 1_530 },
])('$text is $minutes minutes', ({ text, minutes }) => {
  expect(parseDurationMs(text)).toBe(minutes * MINUTE_MS);
});

test.each([
  ...['', '24', 'h', '24 h', '1.5h', '-1h', '+1h', '24H', '1w', '24h7m', '1e3h', '0x10h', '٣h', '9999999h'],
  ...['P', 'PT', 'P1', 'P7DT', 'PT1', 'P1M', 'P1Y', 'PT1S', 'pt1h', 'P1H', 'PT-1H', 'P7D ', ' P7D', '7P7D', 'PT1M1H'],
])('%j is no duration', (text) => {
  expect(parseDurationMs(text)).toBeUndefined();
});
