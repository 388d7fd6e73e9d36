import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatTaskTime } from '../cloud/shares.ts';
import { addThreeTargets } from '../cloud/three-targets.ts';
import { prepareDesk } from '../support/command-line.ts';
import { DAY_MS, ended, HOUR_MS } from '../support/sweep-instance.ts';
import { duInTerminal, ENTER, plain } from '../support/terminal.ts';

const COMMAND = '$ npm run du -- ';
const PROJECT = '5addf3d68c69b0e9ba8bf3d6bbe52090';

/** Each command of the page with what the page says that it prints. */
const examples = [...readFileSync('docs/command-line.md', 'utf8').matchAll(/^```console\n([\s\S]*?)\n```$/gm)].map(
  ([, block = '']) => {
    const [first = '', ...lines] = block.split('\n');
    const [line = '', note = ''] = first.slice(COMMAND.length).split(/ +# /);
    return { line, note, printed: lines.join('\n') };
  },
);

/** The share that the page shows. */
async function preparePage() {
  const desk = await prepareDesk();
  const { cloud, shareId } = desk;
  const add = (id: string, path: string, task: object) => cloud.addTask(shareId, { id, path, ...task });
  const running = (ageMs: number) => ({ beginTime: formatTaskTime(Date.now() - ageMs), runsForMs: 99 * DAY_MS });
  add('5507ca9501d18cfbcfa02cc0a1989272', '/archive', running(4 * DAY_MS + 4.5 * HOUR_MS));
  add('e43df92fc9c3498a744275b097b953be', '/projects', running(0.5 * HOUR_MS));
  add('48d47e5844e1f69896bc2d40e6e053e9', '/home', { ...ended(30.5 * HOUR_MS), status: 'FAIL' });
  add('69751d0281652672d27155835aa7aa9b', '/builds', { ...ended(54.5 * HOUR_MS), status: 'FAIL' });
  add('6aea87729874c03e6017ab25c684e8a7', '/media', ended(78.5 * HOUR_MS));
  return {
    ...desk,
    variables: {
      ...desk.variables,
      SWEEP_SHARES: '*',
      SWEEP_DRY_RUN: 'false',
      SWEEP_KEEP_LATEST: '0',
      SWEEP_CONCURRENCY: '1',
    },
  };
}

/** What differs from run to run is as on the page. */
const steady = (text: string): string =>
  text
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g, '2026-03-01 11:46:01')
    .replace(/ +$/gm, '')
    .trimEnd();

type Variables = Readonly<Record<string, string>>;

function variablesFor(note: string, ofOne: Variables, ofThree: Variables): Variables {
  if (note === 'without variables') return {};
  return note === 'with three targets' ? ofThree : ofOne;
}

describe.each(examples)('npm run du -- $line', ({ line, note, printed }) => {
  test('prints what the page shows', async () => {
    const { cloud, shareId, variables, du } = await preparePage();
    const args = line.split(' ');
    const targets = await addThreeTargets(cloud, shareId);
    const all = variablesFor(note, { ...variables }, { ...variables, ...targets.variables });

    let text: string;
    if (note === 'in a script') {
      const { stdout, stderr } = await du(args, all);
      text = stdout + stderr;
    } else {
      const running = duInTerminal(args, { variables: all });
      if (note.endsWith('y')) {
        await running.until('(y/N)');
        running.press(`y${ENTER}`);
      }
      await running.ended;
      text = plain(running.output()).join('\n');
    }

    const projects = [targets.north, targets.east, targets.partner].map(({ project }) => project.id);
    const urls = [cloud.sfsTurboUrl, cloud.regionOf('cn-east-3').sfsTurboUrl];
    const shown = text
      .replaceAll(new RegExp(projects.join('|'), 'g'), PROJECT)
      .replaceAll(new RegExp(urls.join('|'), 'g'), 'https://sfs-turbo.example');
    expect(steady(shown)).toBe(steady(printed));
  });
});

test('the page fits a screen and a reader', () => {
  const lines = readFileSync('docs/command-line.md', 'utf8').split('\n');

  expect(lines.length).toBeLessThanOrEqual(300);
  expect(lines.filter((line) => line.length > 160)).toEqual([]);
});
