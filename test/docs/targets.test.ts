import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { targetMembers } from '../../lib/config/target-members.ts';
import { sha256 } from '../support/deployment.ts';
import { faultsOf } from '../support/variables.ts';

const page = readFileSync('docs/targets.md', 'utf8');
const [targets = '', accounts = ''] = [...page.matchAll(/```json\n([\s\S]*?)```/g)].map(([, text = '']) =>
  // ids are cut short for people
  text.replaceAll('…', ''),
);

describe('the page about targets', () => {
  test('has at most 300 lines of at most 160 characters', () => {
    const lines = page.split('\n');

    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
  });

  test('has an example that the function takes, together with the accounts and the key', () => {
    const key = /`ci:<sha256>:(\S+)`/.exec(page)?.[1]?.replaceAll('…', '');
    const variables: Readonly<Record<string, string>> = {
      HW_REGION_NAME: 'cn-north-4',
      HW_ACCESS_KEY: 'AK',
      HW_SECRET_KEY: 'SK',
      TARGETS: targets,
      ACCOUNTS: accounts,
      CALLER_KEYS: `ci:${sha256('key')}:${key}`,
    };

    const faults = faultsOf(() => readHttpConfig((name) => variables[name]));

    expect(faults).toEqual([]);
    expect(Object.keys(JSON.parse(accounts))).toEqual(['partner', 'other']);
  });

  test('names every member of a target, and of its sweep', () => {
    const rows = [...page.matchAll(/^\| (`[^|]+) \|/gm)].map(([, cell = '']) => cell);
    const named = rows.flatMap((cell) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
    const sweep = /`sweep` may have ([^.]*?) which mean/.exec(page.replaceAll('\n', ' '))?.[1] ?? '';
    const namedOfSweep = [...sweep.matchAll(/`(\w+)`/g)].map(([, name = '']) => name);

    expect(named.toSorted()).toEqual(Object.keys(targetMembers.entries).toSorted());
    expect(namedOfSweep.toSorted()).toEqual(Object.keys(targetMembers.entries.sweep.wrapped.entries).toSorted());
  });
});
