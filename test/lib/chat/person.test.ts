import { expect, test } from 'vitest';
import { toCaller, toMember } from '../../../lib/chat/person.ts';

const ADA = { platform: 'slack', tenant: 'T1', channel: 'C1', user: 'U1' } as const;
const ANY = { tenant: '*', channel: '*', user: '*' } as const;

function callerWith(...targetsOfEntries: readonly (readonly string[] | undefined)[]) {
  const member = toMember(
    ADA,
    targetsOfEntries.map((targets) => ({ ...ANY, ...(targets !== undefined && { targets: [...targets] }) })),
  );
  return member && toCaller(member);
}

test('a person of no entry is nobody', () => {
  expect(callerWith()).toBeUndefined();
});

test('a person of an entry without targets may use every share', () => {
  expect(callerWith(['east'], undefined)).toEqual({ name: 'slack:T1/C1/U1', shares: '*' });
});

test('a person of some targets may use the shares in these, and none elsewhere', () => {
  expect(callerWith(['east'], ['east', 'north'])).toEqual({
    name: 'slack:T1/C1/U1',
    shares: new Set(),
    sharesByTarget: new Map([
      ['east', '*'],
      ['north', '*'],
    ]),
  });
});
