import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Platform, readChatConfig, readHttpConfig, readTimerConfig } from '../../../lib/config/read-config.ts';
import type { Lookup } from '../../../lib/config/variable.ts';
import { NAUGHTY_STRINGS } from '../../support/naughty-strings.ts';
import { faultsOf, LEAST_VARIABLES, lookupIn, type Variables } from '../../support/variables.ts';

const functions: readonly { name: string; read: (lookup: Lookup, platform?: Platform) => unknown }[] = [
  { name: 'http', read: readHttpConfig },
  { name: 'timer', read: readTimerConfig },
  { name: 'chat', read: readChatConfig },
];
const least = { ...LEAST_VARIABLES, SWEEP_SHARES: '*' };

const faultsOfAll = (variables: Variables) =>
  functions.flatMap(({ read }) => faultsOf(() => read(lookupIn({ ...least, ...variables }))));

describe.each(functions)('the function $name', ({ read }) => {
  test('treats a blank variable as unset', () => {
    const blank = { HW_AUTH_URL: ' ', MAX_ATTEMPTS: '\t', CALLER_KEYS: '', SWEEP_RATE: '\n', CHAT_LANGUAGE: ' ' };

    expect(read(lookupIn({ ...least, ...blank }))).toEqual(read(lookupIn(least)));
  });

  test('takes values without the blanks around them', () => {
    expect(read(lookupIn({ ...least, HW_REGION_NAME: ' cn-north-1\n' }))).toMatchObject({ region: 'cn-north-1' });
  });

  test('reports the faults of every section at once', () => {
    const variables = {
      ...least,
      HW_REGION_NAME: '',
      ALLOWED_SHARES: '',
      HW_DOMAIN_NAME: '',
      HW_USER_PASSWORD: ' ',
      MAX_ATTEMPTS: '0',
    };

    expect(faultsOf(() => read(lookupIn(variables)))).toEqual([
      'HW_REGION_NAME is missing',
      'ALLOWED_SHARES is missing',
      'MAX_ATTEMPTS must be a whole number from 1 to 10',
      'HW_DOMAIN_NAME is missing',
      'HW_USER_PASSWORD is missing',
    ]);
  });

  test('tells its caller only that there is a log', () => {
    expect(() => read(lookupIn({}))).toThrow(
      expect.objectContaining({
        code: 'misconfigured',
        message: 'the function is not configured; its log names the variables',
      }),
    );
  });

  test('uses its agency only where the platform has one', () => {
    const { HW_USER_NAME: _, HW_USER_PASSWORD: __, ...noUser } = least;

    expect(read(lookupIn(noUser), { hasAgency: true })).toMatchObject({ credentials: { type: 'agency' } });
    expect(faultsOf(() => read(lookupIn(noUser)))).toEqual([
      expect.stringMatching(/^HW_ACCESS_KEY and HW_SECRET_KEY are missing, and so are .*HW_USER_NAME/),
    ]);
  });
});

describe('a function reports the faults of its own section', () => {
  const bad = { ...least, WEBHOOK_SECRETS: 'x', SWEEP_RATE: 'x', CHAT_LANGUAGE: 'x', HW_DOMAIN_NAME: '' };
  const namesOf = (read: () => unknown) => faultsOf(read).map((fault) => fault.split(' ')[0]);

  test('http: of the callers and reports, not of the sweep and the chat', () => {
    expect(namesOf(() => readHttpConfig(lookupIn(bad)))).toEqual([
      'HW_DOMAIN_NAME',
      'WEBHOOK_SECRETS',
      'CHAT_LANGUAGE',
    ]);
  });

  test('timer: of the sweep and its reports', () => {
    expect(namesOf(() => readTimerConfig(lookupIn({ ...bad, REPORT_TO: 'x' })))).toEqual([
      'HW_DOMAIN_NAME',
      'REPORT_TO',
      'CHAT_LANGUAGE',
      'SWEEP_RATE',
    ]);
  });

  test('chat: of the chat, and of the sweep where it is set', () => {
    const noSweep = { ...bad, SWEEP_SHARES: '' };

    expect(namesOf(() => readChatConfig(lookupIn(bad)))).toEqual(['HW_DOMAIN_NAME', 'CHAT_LANGUAGE', 'SWEEP_RATE']);
    expect(namesOf(() => readChatConfig(lookupIn(noSweep)))).toEqual(['HW_DOMAIN_NAME', 'CHAT_LANGUAGE']);
  });
});

test('the timer is not configured without SWEEP_SHARES, and the chat is', () => {
  const lookup = lookupIn(LEAST_VARIABLES);

  expect(faultsOf(() => readTimerConfig(lookup))).toEqual(['SWEEP_SHARES is missing']);
  expect(readChatConfig(lookup).sweep).toBeUndefined();
});

test('a share outside ALLOWED_SHARES is reported beside the faults of other sections', () => {
  const lookup = lookupIn({ ...least, ALLOWED_SHARES: 'a', SWEEP_SHARES: 'b', HW_REGION_NAME: 'X' });

  expect(faultsOf(() => readTimerConfig(lookup))).toEqual([
    'HW_REGION_NAME must be lower-case letters, digits, dots and hyphens',
    'SWEEP_SHARES must not name a share that is not in ALLOWED_SHARES',
  ]);
});

describe('no value is repeated in a message', () => {
  const namesRead = new Set<string>();
  const recording: Lookup = (name) => {
    namesRead.add(name);
    return lookupIn(least)(name);
  };
  for (const { read } of functions) read(recording);
  const names = [...namesRead];

  test('not a naughty one', () => {
    for (const value of NAUGHTY_STRINGS.filter((text) => text.trim().length > 8)) {
      const faults = faultsOfAll(Object.fromEntries(names.map((name) => [name, value])));

      expect(faults.join('\n')).not.toContain(value.trim());
    }
  });

  test('not any part of one, whichever variables are wrong', () => {
    const value = fc.tuple(fc.string(), fc.constantFrom(',', ' ', '/', ':', '=', '')).map(([text, mark]) => {
      return `${text}${mark}zebra-4711${mark}${text}`;
    });

    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...names), value), (variables) => {
        const faults = faultsOfAll(variables);

        expect(faults.join('\n')).not.toMatch(/zebra|4711/);
        for (const fault of faults) expect(names).toContain(fault.split(' ')[0]);
      }),
    );
  });
});
