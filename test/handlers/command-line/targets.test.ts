import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addThreeTargets, type CloudTarget, type ThreeTargets } from '../../cloud/three-targets.ts';
import { type Desk, prepareDesk } from '../../support/command-line.ts';
import { ended, HOUR_MS } from '../../support/sweep-instance.ts';

type Name = 'north' | 'east' | 'partner';
const NAMES: readonly Name[] = ['north', 'east', 'partner'];

interface TargetsDesk extends Desk {
  readonly targets: ThreeTargets;
  readonly all: Readonly<Record<string, string>>;
  /** A finished task in the share `big` of each target. */
  readonly taskIds: Readonly<Record<Name, string>>;
  readonly deleted: () => Readonly<Record<Name, number>>;
  /** Regions and projects that requests to SFS Turbo went to. */
  readonly reached: () => readonly string[];
}

async function prepare(): Promise<TargetsDesk> {
  const desk = await prepareDesk();
  const targets = await addThreeTargets(desk.cloud, desk.shareId);
  const { north, east, partner } = targets;
  const all = { ...desk.variables, SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false', ...targets.variables };
  const addTask = ({ project, shareId }: CloudTarget): string =>
    project.addTask(shareId, { path: '/home', ...ended(30 * HOUR_MS) });
  return {
    ...desk,
    targets,
    all,
    taskIds: { north: addTask(north), east: addTask(east), partner: addTask(partner) },
    du: (args, changed) => desk.du(args, { ...all, ...changed }),
    deleted: () => ({
      north: north.project.deletedTaskIds.length,
      east: east.project.deletedTaskIds.length,
      partner: partner.project.deletedTaskIds.length,
    }),
    reached: () => {
      const sent = desk.cloud.requests.filter(({ service }) => service === 'sfs-turbo');
      return [
        ...new Set(
          sent.map(({ region, path, headers }) => `${region} ${path.split('/')[2]} ${headers['x-project-id']}`),
        ),
      ];
    },
  };
}

function placeOf({ targets }: TargetsDesk, name: Name): string {
  const { project } = targets[name];
  return `${project.region} ${project.id} ${project.id}`;
}

const NOTHING = { north: 0, east: 0, partner: 0 };

describe.each(NAMES)('a share of the target %s', (name) => {
  test('is listed, and its task looked at and cancelled, and nothing is asked of another target', async () => {
    const desk = await prepare();
    const taskId = desk.taskIds[name];

    const list = await desk.du(['list', `${name}/big`]);
    const status = await desk.du(['status', `${name}/big`, taskId]);
    const cancel = await desk.du(['cancel', `${name}/big`, taskId, '--yes']);

    expect(list.stdout).toContain(taskId);
    expect(list.stderr).toBe(`1 task of ${name}/big.\n`);
    expect(status.stdout).toContain(taskId);
    expect(cancel.stdout).toBe(`Deleted: ${taskId} of ${name}/big\n`);
    expect(JSON.parse(cancel.stderr)).toMatchObject({ event: 'audit', target: name, task_id: taskId });
    expect([list.code, status.code, cancel.code]).toEqual([0, 0, 0]);
    expect(desk.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(desk.reached()).toEqual([placeOf(desk, name)]);
  });

  test('has many tasks cancelled there alone', async () => {
    const desk = await prepare();

    const { code, stdout } = await desk.du(['cancel-many', `${name}/big`, '--status', 'SUCCESS', '--delete', '--yes']);

    expect(stdout).toContain('1 task met the filters: 1 deleted');
    expect(code).toBe(0);
    expect(desk.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(desk.reached()).toEqual([placeOf(desk, name)]);
  });

  test('is swept by the sweep of that target alone', async () => {
    const desk = await prepare();

    const { code, stdout, stderr } = await desk.du(['sweep', '--target', name, '--share', 'big', '--yes']);

    expect(stdout).toContain('1 task deleted');
    expect(stderr).toContain(`"target":"${name}"`);
    expect(code).toBe(0);
    expect(desk.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(desk.reached()).toEqual([placeOf(desk, name)]);
  });
});

describe('a share without a target', () => {
  test('means the only target that has it', async () => {
    const desk = await prepare();

    const { code, stderr } = await desk.du(['list', 'cold']);

    expect(stderr).toBe('0 tasks of east/cold.\n');
    expect(code).toBe(0);
    expect(desk.reached()).toEqual([placeOf(desk, 'east')]);
  });

  test.each([
    ['list', 'big'],
    ['status', 'big', 'task'],
    ['cancel', 'big', 'task', '--yes'],
    ['cancel-many', 'big', '--status', 'FAIL', '--delete', '--yes'],
    ['check', 'big'],
  ])('that several may have ends %s with 2 and names them, and nothing is sent', async (...args) => {
    const desk = await prepare();

    const { code, stderr } = await desk.du(args);

    expect(code).toBe(2);
    expect(stderr).toBe(
      'More than one target may have "big". Give the share with its target: north/big, east/big, partner/big\n',
    );
    expect(desk.cloud.requests).toEqual([]);
  });
});

describe('what is no share or no target ends with 2, and nothing is sent:', () => {
  test.each([
    [['list', 'west/big'], '"west/big" is no share that a target of TARGETS may touch, by its alias or id.'],
    [['list', 'north/cold'], '"north/cold" is no share that a target of TARGETS may touch, by its alias or id.'],
    [['list', 'partner/bgi'], 'Did you mean partner/big?'],
    [['list', 'bgi'], 'Did you mean big?'],
    [['check', '--target', 'west'], 'TARGETS has no target "west". It has: north, east, partner.'],
    [['sweep', '--target', 'west'], 'TARGETS has no target "west". It has: north, east, partner.'],
    [['sweep', '--share', 'big', '--yes'], 'More than one target may have "big".'],
    [['sweep', '--target', 'north', '--share', 'east/big'], 'east/big is in no target of --target.'],
    [['sweep', '--target', 'north', '--share', 'cold'], '"north/cold" is no share that a target of TARGETS may touch'],
  ])('%j', async (args, says) => {
    const desk = await prepare();

    const { code, stderr } = await desk.du(args);

    expect(stderr).toContain(says);
    expect(code).toBe(2);
    expect(desk.cloud.requests).toEqual([]);
  });

  test('--target without TARGETS', async () => {
    const desk = await prepareDesk();

    const swept = await desk.du(['sweep', '--target', 'north'], { SWEEP_SHARES: '*' });
    const checked = await desk.du(['check', '--target', 'north']);

    expect([swept.code, checked.code]).toEqual([2, 2]);
    expect(swept.stderr).toBe('--target is for TARGETS, which is not set.\n');
  });
});

describe('sweep', () => {
  test('is of every target, and names each share with its target', async () => {
    const desk = await prepare();

    const { code, stdout } = await desk.du(['sweep', '--yes']);

    for (const name of NAMES) expect(stdout).toContain(`${name}/big\n`);
    expect(stdout).toContain('3 tasks in 4 shares of 3 targets, 3 due.');
    expect(code).toBe(0);
    expect(desk.deleted()).toEqual({ north: 1, east: 1, partner: 1 });
  });

  test('tells programs of the target of each task', async () => {
    const desk = await prepare();

    const { stdout } = await desk.du(['sweep', '--dry-run', '--json', '--target', 'east,partner']);

    const { targets, tasks } = JSON.parse(stdout);
    expect(targets).toBe(2);
    expect(tasks.map(({ target, task_id: id }: Record<string, string>) => `${target} ${id}`).toSorted()).toEqual([
      `east ${desk.taskIds.east}`,
      `partner ${desk.taskIds.partner}`,
    ]);
    expect(desk.deleted()).toEqual(NOTHING);
  });

  test('leaves out the targets whose own sweep is dry', async () => {
    const desk = await prepare();
    const [north, ...others] = JSON.parse(String(desk.all['TARGETS']));
    const TARGETS = JSON.stringify([{ ...north, sweep: { dry_run: true } }, ...others]);

    const all = await desk.du(['sweep', '--yes'], { TARGETS });
    const dry = await desk.du(['sweep', '--share', 'north/big'], { TARGETS });

    expect(all.stderr).toContain('Left out, because their sweep is dry: north.');
    expect(all.stdout).toContain('2 tasks in 3 shares of 2 targets, 2 due.');
    expect(desk.deleted()).toEqual({ north: 0, east: 1, partner: 1 });
    expect(dry.stdout).toContain('1 task would be deleted');
    expect([all.code, dry.code]).toEqual([0, 0]);
  });

  test('of a share of a target that chooses by tags takes that share', async () => {
    const desk = await prepare();
    const [north, ...others] = JSON.parse(String(desk.all['TARGETS']));
    const TARGETS = JSON.stringify([{ ...north, shares: { tags: { clean: ['on'] } } }, ...others]);
    const tagged = desk.cloud.project.addShare({ tags: { clean: 'on' } });
    desk.cloud.addTask(tagged, ended(30 * HOUR_MS));

    const { stdout } = await desk.du(['sweep', '--target', 'north', '--yes'], { TARGETS });

    expect(stdout).toContain('1 task deleted');
    expect(desk.cloud.tasks(tagged)).toEqual([]);
    expect(desk.cloud.tasks(desk.shareId)).toHaveLength(1);
  });

  test('ends with 1 when a target fails, and sweeps the others all the same', async () => {
    const desk = await prepare();
    desk.targets.agency.distrust();

    const { code, stdout } = await desk.du(['sweep', '--yes']);

    expect(stdout).toContain('2 tasks deleted');
    expect(code).toBe(1);
    expect(desk.deleted()).toEqual({ north: 1, east: 1, partner: 0 });
  });
});

describe('check', () => {
  test('looks at every target, and tells programs of each', async () => {
    const desk = await prepare();

    const { code, stdout } = await desk.du(['check', '--probe-delete', '--json']);

    const { failed, checks } = JSON.parse(stdout);
    expect(failed).toBe(false);
    expect(checks.map(({ target, check, result }: Record<string, string>) => `${target} ${check} ${result}`)).toEqual(
      NAMES.flatMap((name) =>
        ['credentials', 'service', 'shares', 'tasks', 'delete'].map((check) => `${name} ${check} ok`),
      ),
    );
    expect(code).toBe(0);
    expect(desk.deleted()).toEqual(NOTHING);
    expect(desk.reached().toSorted()).toEqual(NAMES.map((name) => placeOf(desk, name)).toSorted());
  });

  test('looks at one target, or at the targets of shares, alone', async () => {
    const desk = await prepare();

    const one = await desk.du(['check', '--target', 'east', 'cold']);
    const reachedByOne = desk.reached();
    const shares = await desk.du(['check', 'cold', 'partner/big', '--json']);

    expect([one.code, shares.code]).toEqual([0, 0]);
    expect(one.stdout).toContain('tasks of cold');
    expect(one.stdout).not.toMatch(/north|partner/);
    expect(reachedByOne).toEqual([placeOf(desk, 'east')]);
    expect(desk.reached()).toEqual([placeOf(desk, 'east'), placeOf(desk, 'partner')]);
  });

  test('fails when a target fails, and looks at the others all the same', async () => {
    const desk = await prepare();
    desk.targets.agency.distrust();

    const { code, stdout, stderr } = await desk.du(['check']);

    expect(stdout).toMatch(/failed +partner +credentials/);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('check the agency in ACCOUNTS');
    expect(stdout).toMatch(/ok +north +tasks of big/);
    expect(stdout).toMatch(/ok +east +tasks of big/);
    expect(stderr).toContain('Something is wrong.');
    expect(code).toBe(1);
  });
});

test('targets may be in a file of the folder where the command is given', async () => {
  const desk = await prepare();
  writeFileSync(join(desk.folder, 'targets.json'), String(desk.all['TARGETS']));

  const { code, stderr } = await desk.du(['list', 'cold'], { TARGETS: '', TARGETS_FILE: 'targets.json' });

  expect(stderr).toBe('0 tasks of east/cold.\n');
  expect(code).toBe(0);
});
