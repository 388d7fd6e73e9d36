import { describe, expect, test } from 'vitest';
import { prepareDesk } from '../../support/command-line.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';
import { plain } from '../../support/terminal.ts';

const GREEN = '\u001b[32m';
const LONG_PATH = `/${'builds/'.repeat(20)}`;

async function prepare() {
  const desk = await prepareDesk();
  const taskIds = [30, 40].map((hours) =>
    desk.cloud.addTask(desk.shareId, { path: LONG_PATH, ...ended(hours * HOUR_MS) }),
  );
  return { ...desk, taskIds };
}

describe.each([40, 60, 80, 100, 200])('on a screen of %d columns', (columns) => {
  test.each([
    ['list', 'prod'],
    ['check', '--probe-delete'],
    ['sweep', '--dry-run'],
  ])('the table of %s %s fits', async (...args) => {
    const { duOnScreen } = await prepare();

    const { code, stdout } = await duOnScreen(args, columns, { SWEEP_SHARES: '*', SWEEP_KEEP_LATEST: '0' });

    const isSentence = (line: string): boolean => line.endsWith('.');
    expect(plain(stdout).filter((line) => line.length > columns && !isSentence(line))).toEqual([]);
    expect(code).toBe(0);
  });

  test('no character of an id or a path is left out', async () => {
    const { duOnScreen, taskIds } = await prepare();

    const { stdout } = await duOnScreen(['list', 'prod'], columns);

    const text = plain(stdout).join('\n');
    for (const taskId of taskIds) expect(text).toContain(taskId);
    // a path goes on in the next line
    const letters = taskIds.reduce((rest, taskId) => rest.replaceAll(taskId, ''), text).replace(/[^a-z/]/g, '');
    expect(letters.split(LONG_PATH).length - 1).toBe(taskIds.length);
  });
});

test.each(['', 'list', 'status', 'cancel', 'cancel-many', 'sweep', 'check'])(
  'the help of "%s" fits 80 columns',
  async (command) => {
    const { duOnScreen } = await prepare();

    const { stdout } = await duOnScreen(
      [command, '--help'].filter((word) => word !== ''),
      80,
    );

    expect(plain(stdout).filter((line) => line.length > 80)).toEqual([]);
  },
);

test.each([60, 80, 100])(
  'what to do about a failure is broken between words on a screen of %d columns',
  async (columns) => {
    const { duOnScreen } = await prepare();

    const { stdout } = await duOnScreen(['check'], columns, { HW_AUTH_URL: 'http://127.0.0.1:9/v3' });

    const [row = ''] = plain(stdout)
      .join('\n')
      .split(/\nskipped/);
    for (const name of ['HW_REGION_NAME', 'SFS_TURBO_ENDPOINT', 'this machine can reach them']) {
      expect(row.replaceAll(/\s+/g, ' ')).toContain(name);
    }
  },
);

test('paths of wide characters fit too', async () => {
  const { cloud, shareId, duOnScreen } = await prepareDesk();
  cloud.addTask(shareId, { path: `/${'数据'.repeat(40)}`, ...ended(HOUR_MS) });

  const { stdout } = await duOnScreen(['list', 'prod'], 80);

  const width = (line: string): number => line.length + (line.match(/[\u2e80-\uffdc]/g)?.length ?? 0);
  expect(plain(stdout).filter((line) => width(line) > 80)).toEqual([]);
});

describe('colours', () => {
  test.each([
    { variables: {}, colored: true },
    { variables: { NO_COLOR: '1' }, colored: false },
    { variables: { NO_COLOR: '1', FORCE_COLOR: '1' }, colored: false },
    { variables: { FORCE_COLOR: '0' }, colored: false },
    { variables: { TERM: 'dumb' }, colored: false },
  ])('on a screen, with $variables: $colored', async ({ variables, colored }) => {
    const { duOnScreen } = await prepare();

    const { stdout } = await duOnScreen(['list', 'prod'], 100, variables);

    expect(stdout.includes(GREEN)).toBe(colored);
  });

  test.each([
    { variables: {}, colored: false },
    { variables: { FORCE_COLOR: '1' }, colored: true },
  ])('in a pipe, with $variables: $colored', async ({ variables, colored }) => {
    const { du } = await prepare();

    const { stdout } = await du(['list', 'prod'], variables);

    expect(stdout.includes(GREEN)).toBe(colored);
  });
});
