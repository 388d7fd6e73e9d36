import { existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Desk, prepareDesk } from '../../support/command-line.ts';
import { startCommand } from '../../support/commands.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';

/** The words of each line. */
const rowsOf = (text: string): readonly (readonly string[])[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));

function addTasks({ cloud, shareId }: Desk): { readonly running: string; readonly finished: string } {
  const running = cloud.addTask(shareId, { path: '/builds/main', runsForMs: 60_000 });
  const finished = cloud.addTask(shareId, { path: '/home', ...ended(30 * HOUR_MS) });
  return { running, finished };
}

describe('list', () => {
  test('prints a table of the tasks, and how many there are to stderr', async () => {
    const desk = await prepareDesk();
    const { running, finished } = addTasks(desk);

    const { code, stdout, stderr } = await desk.du(['list', 'prod']);

    expect(rowsOf(stdout)).toEqual([
      ['STATUS', 'AGE', 'TASK', 'PATH'],
      ['DOING', '0m', running, '/builds/main'],
      ['SUCCESS', '1d 6h', finished, '/home'],
    ]);
    expect(stderr).toBe('2 tasks of prod.\n');
    expect(code).toBe(0);
  });

  test('with --json prints what the HTTP route answers, and nothing else to stdout', async () => {
    const desk = await prepareDesk();
    const { running, finished } = addTasks(desk);

    const { stdout } = await desk.du(['list', desk.shareId, '--json']);

    const { tasks, running: count } = JSON.parse(stdout);
    expect(tasks).toMatchObject([
      { task_id: running, status: 'DOING', dir_usage: { path: '/builds/main' } },
      { task_id: finished, status: 'SUCCESS', age_s: expect.any(Number) },
    ]);
    expect(count).toBe(1);
  });

  test.each([
    { filter: ['--status', 'doing,fail'], paths: ['/builds/main'] },
    { filter: ['--older-than', '1d'], paths: ['/home'] },
    { filter: ['--path-prefix', '/builds/'], paths: ['/builds/main'] },
    { filter: ['--limit', '1'], paths: ['/builds/main'] },
    { filter: ['--status', 'FAIL'], paths: [] },
  ])('takes $filter', async ({ filter, paths }) => {
    const desk = await prepareDesk();
    addTasks(desk);

    const { stdout } = await desk.du(['list', 'prod', '--json', ...filter]);

    expect(JSON.parse(stdout).tasks.map((task: { dir_usage: { path: string } }) => task.dir_usage.path)).toEqual(paths);
  });

  test('goes on after the marker that it gave', async () => {
    const desk = await prepareDesk();
    const { finished } = addTasks(desk);

    const first = await desk.du(['list', 'prod', '--json', '--limit', '1']);
    const { next_marker: marker } = JSON.parse(first.stdout);
    const second = await desk.du(['list', 'prod', '--json', '--marker', marker]);

    expect(first.stderr).toContain('There may be more: add --all');
    expect(JSON.parse(second.stdout).tasks).toMatchObject([{ task_id: finished }]);
  });

  test('with --all reads page after page', async () => {
    const desk = await prepareDesk();
    for (let count = 0; count < 130; count += 1) desk.cloud.addTask(desk.shareId, ended(HOUR_MS));

    const { stdout, stderr } = await desk.du(['list', 'prod', '--all', '--json']);

    expect(JSON.parse(stdout).tasks).toHaveLength(130);
    expect(stderr).not.toContain('There may be more');
  });

  test.each([
    { count: 9, isFull: false },
    { count: 10, isFull: true },
  ])('says whether a share with $count running tasks is full, whatever is listed', async ({ count, isFull }) => {
    const desk = await prepareDesk();
    for (let added = 0; added < count; added += 1) desk.cloud.addTask(desk.shareId, { runsForMs: 60_000 });

    const { stderr } = await desk.du(['list', 'prod', '--status', 'FAIL']);

    expect(stderr.includes('prod is full: 10 tasks run')).toBe(isFull);
  });

  test('lets no control character of a path reach the terminal', async () => {
    const desk = await prepareDesk();
    desk.cloud.addTask(desk.shareId, { path: '/a\u001b[2J\u202eb', ...ended(HOUR_MS) });

    const { stdout } = await desk.du(['list', 'prod']);

    expect(stdout).toContain('/a [2J b');
  });
});

describe('status', () => {
  test('prints what is known of a task', async () => {
    const desk = await prepareDesk();
    const { finished } = addTasks(desk);

    const { code, stdout } = await desk.du(['status', 'prod', finished]);

    expect(stdout).toMatch(
      new RegExp(
        `^task +${finished}\\nstatus +SUCCESS\\npath +/home\\nbegan +[\\d: -]+ UTC\\nended +[\\d: -]+ UTC\\nused `,
      ),
    );
    expect(code).toBe(0);
  });

  test('says what to do about a task that is not there', async () => {
    const desk = await prepareDesk();

    const { code, stdout, stderr } = await desk.du(['status', 'prod', 'nowhere', '--json']);

    expect(stderr).toMatch(/^Failed: task_id not found .*\(SFS\.TURBO\.0124\)\nWhat to do: list the tasks/);
    expect(JSON.parse(stdout)).toMatchObject({ errCode: 'SFS.TURBO.0124' });
    expect(code).toBe(1);
  });
});

describe('cancel', () => {
  test('deletes a task with --yes, and leaves the audit line on stderr', async () => {
    const desk = await prepareDesk();
    const { running } = addTasks(desk);

    const { code, stdout, stderr } = await desk.du(['cancel', 'prod', running, '--yes']);

    expect(stdout).toBe(`Deleted: ${running} of prod\n`);
    expect(JSON.parse(stderr)).toMatchObject({
      event: 'audit',
      caller: 'command-line:mei',
      task_id: running,
      outcome: 'accepted',
    });
    expect(desk.cloud.deletedTaskIds).toEqual([running]);
    expect(code).toBe(0);
  });

  test('with --json prints what the HTTP route answers', async () => {
    const desk = await prepareDesk();
    const { running } = addTasks(desk);

    const { stdout } = await desk.du(['cancel', 'prod', running, '--yes', '--json']);

    expect(JSON.parse(stdout)).toEqual({
      project_id: desk.cloud.projectId,
      share_id: desk.shareId,
      feature: 'dir-usage',
      task_id: running,
      outcome: 'accepted',
    });
  });

  test('without --yes sends nothing where there is no terminal', async () => {
    const desk = await prepareDesk();
    const { running } = addTasks(desk);

    const { code, stderr } = await desk.du(['cancel', 'prod', running]);

    expect(stderr).toContain('Nothing was deleted: there is no terminal to ask in. Add --yes');
    expect(desk.cloud.requests).toEqual([]);
    expect(code).toBe(2);
  });

  test('fails when the service refuses', async () => {
    const desk = await prepareDesk();

    const { code, stderr } = await desk.du(['cancel', 'prod', 'nowhere', '--yes']);

    expect(stderr).toContain('Failed: task_id not found');
    expect(code).toBe(1);
  });
});

describe('cancel-many', () => {
  async function prepare() {
    const desk = await prepareDesk();
    const [oldest = '', older = '', young = ''] = [50, 40, 2].map((hours) =>
      desk.cloud.addTask(desk.shareId, { path: `/builds/${hours}`, ...ended(hours * HOUR_MS) }),
    );
    return { ...desk, oldest, older, young };
  }
  const FILTERS = ['cancel-many', 'prod', '--status', 'SUCCESS', '--older-than', '1d', '--path-prefix', '/builds/'];

  test('only shows what is meant, unless told to delete', async () => {
    const { cloud, du, oldest, older } = await prepare();

    const { code, stdout, stderr } = await du([...FILTERS, '--max', '1']);

    expect(rowsOf(stdout)).toEqual([
      ['STATUS', 'AGE', 'WHAT', 'TASK', 'PATH'],
      ['SUCCESS', '2d 2h', 'to delete', oldest, '/builds/50'],
      ['SUCCESS', '1d 16h', 'stays: over the limit', older, '/builds/40'],
      ['2 tasks met the filters, 1 would be deleted.'],
    ]);
    expect(stderr).toContain('Nothing was deleted. With --delete');
    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(code).toBe(0);
  });

  test('deletes with --delete and --yes, oldest first, and leaves an audit line of each', async () => {
    const { cloud, du, oldest, older } = await prepare();

    const { code, stdout, stderr } = await du([...FILTERS, '--delete', '--yes']);

    expect(stdout).toContain('2 tasks met the filters: 2 deleted, 0 already gone, 0 failed, 0 not tried.');
    expect(cloud.deletedTaskIds.toSorted()).toEqual([oldest, older].toSorted());
    expect(stderr.match(/"event":"audit","caller":"command-line:mei"/g)).toHaveLength(2);
    expect(code).toBe(0);
  });

  test('fails when one fails, and names in JSON what became of each', async () => {
    const { cloud, du } = await prepare();
    cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    const { code, stdout } = await du([...FILTERS, '--delete', '--yes', '--json']);

    const { tasks, ...counts } = JSON.parse(stdout);
    expect(counts).toMatchObject({
      errCode: 'FN.PARTIAL',
      matched: 2,
      cancelled: 1,
      already_gone: 0,
      failed: 1,
      remaining: 0,
    });
    expect(tasks.map((task: Record<string, unknown>) => task['err_code'] ?? task['outcome']).toSorted()).toEqual([
      'SFS.TURBO.9000',
      'accepted',
    ]);
    expect(code).toBe(1);
  });

  test('without --yes sends nothing where there is no terminal', async () => {
    const { cloud, du } = await prepare();

    const { code } = await du([...FILTERS, '--delete']);

    expect(cloud.requests).toEqual([]);
    expect(code).toBe(2);
  });

  test('deletes nothing when the list cannot be read whole', async () => {
    const { cloud, du } = await prepare();
    cloud.order({ operation: 'ListFsTasks', skip: 1, times: 9, kind: { type: 'status', status: 400 } });

    const { code } = await du([...FILTERS, '--delete', '--yes']);

    expect(cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(code).toBe(1);
  });
});

describe('sweep', () => {
  const REAL = { SWEEP_SHARES: '*', SWEEP_DRY_RUN: 'false', SWEEP_KEEP_LATEST: '0' } as const;

  test('is dry unless SWEEP_DRY_RUN is false, and says so', async () => {
    const desk = await prepareDesk();
    const { finished } = addTasks(desk);

    const { code, stdout, stderr } = await desk.du(['sweep', '--yes'], { ...REAL, SWEEP_DRY_RUN: undefined });

    expect(rowsOf(stdout).slice(0, 3)).toEqual([
      ['prod'],
      ['STATUS', 'AGE', 'WHAT', 'TASK', 'PATH'],
      ['SUCCESS', '1d 6h', 'to delete', finished, '/home'],
    ]);
    expect(stdout).toContain('2 tasks in 1 share, 1 due.\n1 task would be deleted. Nothing');
    expect(stderr).toContain('With SWEEP_DRY_RUN=false a sweep asks');
    expect(desk.cloud.requestsOf('DeleteFsTask')).toEqual([]);
    expect(code).toBe(0);
  });

  test('deletes with --yes what is due, and says what became of each', async () => {
    const desk = await prepareDesk();
    const { finished } = addTasks(desk);

    const { code, stdout } = await desk.du(['sweep', '--yes'], REAL);

    expect(rowsOf(stdout)[2]).toEqual(['SUCCESS', '1d 6h', 'deleted', finished, '/home']);
    expect(stdout).toContain('1 task deleted, 0 already gone, 0 failed, 0 left for the next run.');
    expect(desk.cloud.deletedTaskIds).toEqual([finished]);
    expect(code).toBe(0);
  });

  test('stays dry with --dry-run, whatever SWEEP_DRY_RUN says', async () => {
    const desk = await prepareDesk();
    addTasks(desk);

    const { stdout } = await desk.du(['sweep', '--dry-run', '--json'], REAL);

    expect(JSON.parse(stdout)).toMatchObject({ dry_run: true, due: 1, deleted: 0, tasks: [{ path: '/home' }, {}] });
    expect(desk.cloud.deletedTaskIds).toEqual([]);
  });

  test('names in JSON what was deleted, and fails when one failed', async () => {
    const desk = await prepareDesk();
    const { finished } = addTasks(desk);
    const refused = desk.cloud.addTask(desk.shareId, ended(40 * HOUR_MS));
    desk.cloud.order({ operation: 'DeleteFsTask', kind: { type: 'status', status: 403 } });

    const { code, stdout } = await desk.du(['sweep', '--yes', '--json'], { ...REAL, SWEEP_CONCURRENCY: '1' });

    expect(JSON.parse(stdout)).toMatchObject({
      deleted: 1,
      failed: 1,
      tasks: [
        { task_id: refused, reason: 'not_deleted', err_code: 'SFS.TURBO.9000' },
        { task_id: finished, outcome: 'accepted' },
      ],
    });
    expect(code).toBe(1);
  });

  test('takes --share and --max-deletes', async () => {
    const desk = await prepareDesk();
    for (const hours of [30, 40, 50]) desk.cloud.addTask(desk.shareId, ended(hours * HOUR_MS));
    const other = desk.cloud.addShare();
    desk.cloud.addTask(other, ended(90 * HOUR_MS));

    const { stdout } = await desk.du(['sweep', '--yes', '--share', 'prod', '--max-deletes', '2', '--json'], {
      ...REAL,
      ALLOWED_SHARES: '*',
    });

    expect(JSON.parse(stdout)).toMatchObject({ shares: 1, listed: 3, due: 3, deleted: 2, remaining: 1 });
  });

  test('without --yes sends nothing where there is no terminal', async () => {
    const desk = await prepareDesk();
    addTasks(desk);

    const { code } = await desk.du(['sweep'], REAL);

    expect(desk.cloud.requests).toEqual([]);
    expect(code).toBe(2);
  });
});

describe('log lines', () => {
  test('go with --log-file into that file, after those of earlier runs, and not to stderr', async () => {
    const desk = await prepareDesk();
    const { running, finished } = addTasks(desk);
    const file = join(desk.folder, 'du.jsonl');

    const first = await desk.du(['cancel', 'prod', running, '--yes', '--log-file', file]);
    await desk.du(['cancel', 'prod', finished, '--yes', '--log-file', file]);

    const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(first.stderr).toBe('');
    expect(lines.map((line) => JSON.parse(line).task_id)).toEqual([running, finished]);
  });

  test.skipIf(!existsSync('/dev/full'))('that a full disk does not take go to stderr', async () => {
    const desk = await prepareDesk();
    const { running } = addTasks(desk);
    const file = join(desk.folder, 'full');
    symlinkSync('/dev/full', file);

    const { code, stderr } = await desk.du(['cancel', 'prod', running, '--yes', '--log-file', file]);

    expect(JSON.parse(stderr)).toMatchObject({ event: 'audit', outcome: 'accepted' });
    expect(code).toBe(0);
  });

  test('that a sweep writes for each task are left to --verbose', async () => {
    const desk = await prepareDesk();
    addTasks(desk);
    const variables = { SWEEP_SHARES: '*' };

    const plain = await desk.du(['sweep', '--dry-run'], variables);
    const verbose = await desk.du(['sweep', '--dry-run', '--verbose'], variables);

    expect(plain.stderr).toBe('');
    expect(verbose.stderr).toContain('"event":"sweep.done"');
  });
});

describe('variables', () => {
  test('come from .env in the folder, and the shell wins', async () => {
    const desk = await prepareDesk();
    const { running } = addTasks(desk);
    const lines = Object.entries({ ...desk.variables, HW_USER_PASSWORD: 'an old one' });
    writeFileSync(join(desk.folder, '.env'), lines.map(([name, value]) => `${name}='${value}'\n`).join(''));
    const unset = Object.fromEntries(Object.keys(desk.variables).map((name) => [name, undefined]));

    const { stdout } = await desk.du(['list', 'prod', '--json'], {
      ...unset,
      HW_USER_PASSWORD: desk.cloud.password,
    });

    expect(JSON.parse(stdout).tasks[0]).toMatchObject({ task_id: running });
  });

  test('come from the file that --env-file names, and from nowhere else', async () => {
    const desk = await prepareDesk();
    const lines = Object.entries(desk.variables).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(join(desk.folder, 'other.env'), lines.join(''));
    const shell = { HW_ACCESS_KEY: 'from the shell', HW_REGION_NAME: 'elsewhere' };

    const known = await desk.du(['list', 'prod', '--env-file', 'other.env'], shell);
    const missing = await desk.du(['list', 'prod', '--env-file', 'nowhere.env']);

    expect(known.code).toBe(0);
    expect(missing.stderr).toMatch(/nowhere\.env cannot be read \(ENOENT\)/);
    expect(missing.code).toBe(2);
  });

  test('that are missing are all named at once, with what to do, and nothing is sent', async () => {
    const desk = await prepareDesk();
    const unset = Object.fromEntries(Object.keys(desk.variables).map((name) => [name, undefined]));

    const { code, stdout, stderr } = await desk.du(['sweep'], unset);

    for (const name of ['HW_REGION_NAME', 'ALLOWED_SHARES', 'SWEEP_SHARES'])
      expect(stderr).toContain(`${name} is missing`);
    expect(stderr).toContain('HW_ACCESS_KEY and HW_SECRET_KEY are missing');
    expect(stderr).toContain('Set them in the shell, or as NAME=value lines in the file .env');
    expect(stdout).toBe('');
    expect(code).toBe(2);
  });

  test('of the sweep do not matter to other commands', async () => {
    const desk = await prepareDesk();

    const { code } = await desk.du(['list', 'prod'], { SWEEP_MIN_AGE: 'nonsense' });

    expect(code).toBe(0);
  });
});

describe('wrong use ends with 2, says what is wrong, and sends nothing', () => {
  test.each([
    { args: ['lst'], says: 'Did you mean list?' },
    { args: ['list'], says: "missing required argument 'share'" },
    { args: ['list', 'prod', '--stauts', 'DOING'], says: 'Did you mean --status?' },
    { args: ['list', 'prod', '--status', 'RUNNING'], says: 'It must be one or more of SUCCESS, FAIL, DOING' },
    { args: ['list', 'prod', '--older-than', 'long'], says: 'It must be a duration such as 90m' },
    { args: ['list', 'prod', '--path-prefix', 'builds'], says: 'It must begin with /' },
    { args: ['list', 'prod', '--limit', '0'], says: 'It must be a whole number from 1' },
    { args: ['list', 'prdo'], says: 'Did you mean prod?' },
    { args: ['list', 'another-share'], says: 'neither an alias of SHARE_ALIASES nor a share of ALLOWED_SHARES' },
    { args: ['cancel-many', 'prod'], says: "required option '--status <list>' not specified" },
    { args: ['cancel-many', 'prod', '--status', 'DOING', '--max', '101'], says: 'a whole number from 1 to 100' },
    { args: ['status', 'prod', '../shares'], says: 'task_id must be 1 to 64 letters, digits or hyphens' },
    { args: ['list', 'prod', '--timeout', '0s'], says: 'It must be a duration' },
    { args: ['list', 'prod', '--log-file', '/nowhere/log'], says: '/nowhere/log cannot be written (ENOENT)' },
    { args: [], says: 'Usage: npm run du --' },
  ])('$args', async ({ args, says }) => {
    const desk = await prepareDesk();

    const { code, stdout, stderr } = await desk.du(args);

    expect(stderr).toContain(says);
    expect(stdout).toBe('');
    expect(desk.cloud.requests).toEqual([]);
    expect(code).toBe(2);
  });
});

describe('--help', () => {
  test.each(['', 'list', 'status', 'cancel', 'cancel-many', 'sweep', 'check'])(
    'of "%s" has examples',
    async (command) => {
      const desk = await prepareDesk();

      const { code, stdout } = await desk.du([command, '--help'].filter((word) => word !== ''));

      expect(stdout).toContain(`Usage: npm run du -- ${command}`);
      expect(stdout).toContain(`\nExamples:\n`);
      expect(code).toBe(0);
    },
  );
});

describe('what goes wrong is said with what to do', () => {
  test('a wrong password', async () => {
    const desk = await prepareDesk();

    const { code, stderr } = await desk.du(['list', 'prod'], { HW_USER_PASSWORD: 'a wrong one' });

    expect(stderr).toContain('FN.IAM_REJECTED');
    expect(stderr).toContain('What to do: check HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD');
    expect(stderr).not.toContain('a wrong one');
    expect(code).toBe(1);
  });

  test('no network', async () => {
    const desk = await prepareDesk();

    const { code, stderr } = await desk.du(['list', 'prod'], { SFS_TURBO_ENDPOINT: 'http://127.0.0.1:9' });

    expect(stderr).toMatch(/Failed: .*127\.0\.0\.1:9.*ECONNREFUSED/);
    expect(stderr).toContain('What to do: check HW_REGION_NAME');
    expect(code).toBe(1);
  });
});

test('whoever reads the list may end first', async () => {
  const desk = await prepareDesk();
  for (let count = 0; count < 500; count += 1) desk.cloud.addTask(desk.shareId, ended(HOUR_MS));
  const program = `${process.execPath} --import tsx handlers/command-line.ts list prod --all --json`;

  const piped = startCommand('sh', ['-c', `(${program}; echo "ended with $?" >&2) | head -n 1`], desk.variables);

  expect(await piped.ended).toEqual({ code: 0, signal: null });
  expect(piped.output()).toContain('ended with 0');
  expect(piped.output()).not.toContain('Error');
});
