import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CloudRequest } from '../../cloud/cloud.ts';
import { addThreeTargets, type ThreeTargets } from '../../cloud/three-targets.ts';
import { ADA, type ChatDeployment, deployChat, LIN, SHARE } from '../../support/chat-deployment.ts';
import { renderCard } from '../../support/chat-platforms/feishu-cards.ts';
import { renderSlack, slackButtons } from '../../support/chat-platforms/slack-blocks.ts';

type Name = 'north' | 'east' | 'partner';
const NAMES: readonly Name[] = ['north', 'east', 'partner'];

interface TargetsChat extends ChatDeployment {
  readonly targets: ThreeTargets;
  /** The running task in the share `big` of each target. */
  readonly taskIds: Readonly<Record<Name, string>>;
  /** How many tasks were deleted in each target. */
  readonly deleted: () => Readonly<Record<Name, number>>;
}

/** @param members of targets, by their names */
async function deploy(
  variables: Readonly<Record<string, string>> = {},
  members: Readonly<Record<string, unknown>> = {},
): Promise<TargetsChat> {
  let targets: ThreeTargets | undefined;
  const chat = await deployChat({
    variables,
    prepare: async (cloud) => {
      targets = await addThreeTargets(cloud, SHARE);
      const entries: readonly { readonly name: string }[] = JSON.parse(String(targets.variables['TARGETS']));
      const changed = entries.map((entry) => ({ ...entry, ...Object(members[entry.name]) }));
      return { ...targets.variables, TARGETS: JSON.stringify(changed) };
    },
  });
  if (targets === undefined) throw new Error('nothing was prepared');
  const { north, east, partner } = targets;
  const addTask = ({ project, shareId }: ThreeTargets['north'], id?: string): string => {
    const times = { status: 'DOING', beginTime: '2026-03-01 08:00:00' };
    return project.addTask(shareId, { path: '/home', ...times, ...(id !== undefined && { id }) });
  };
  return {
    ...chat,
    targets,
    taskIds: {
      north: addTask(north),
      east: addTask(east),
      partner: addTask(partner, '2b31ed520a1b2c3d4e5f6e6db57a1b2c'),
    },
    deleted: () => ({
      north: north.project.deletedTaskIds.length,
      east: east.project.deletedTaskIds.length,
      partner: partner.project.deletedTaskIds.length,
    }),
  };
}

/** Where requests to SFS Turbo went to: region and project. */
function reached(requests: readonly CloudRequest[]): readonly string[] {
  const places = requests
    .filter(({ service }) => service === 'sfs-turbo')
    .map(({ region, path, headers }) => {
      const [, , projectInPath] = path.split('/');
      return `${region} ${projectInPath} ${headers['x-project-id']}`;
    });
  return [...new Set(places)];
}

function placeOf({ targets }: TargetsChat, name: Name): string {
  const { project } = targets[name];
  return `${project.region} ${project.id} ${project.id}`;
}

const NOTHING = { north: 0, east: 0, partner: 0 };

describe('docs/chat-targets.md', () => {
  const page = readFileSync('docs/chat-targets.md', 'utf8');

  test.each(['help', 'list big', 'cancel partner/big 2b31'])('shows /du %s as it is', async (text) => {
    const { type } = await deploy();

    expect(page).toContain(`\`\`\`text\n${renderSlack(await type(text))}\n\`\`\``);
  });

  test('shows a card in Chinese as it is', async () => {
    const { write } = await deploy({ CHAT_LANGUAGE: 'zh' });

    expect(page).toContain(`\`\`\`text\n${renderCard(await write('/du list big'))}\n\`\`\``);
  });

  test('has an example of who may that the function takes', async () => {
    const [, allowed = ''] = /^SLACK_ALLOWED='(.*)'$/m.exec(page) ?? [];

    const { app } = await deploy({ SLACK_ALLOWED: allowed });

    expect(app.config.chat.slackAllowed.map(({ targets }) => targets)).toEqual([
      ['north', 'east'],
      ['partner'],
      undefined,
    ]);
  });

  test('fits a page', () => {
    const lines = page.split('\n');

    expect(lines.length).toBeLessThanOrEqual(300);
    expect(lines.filter((line) => line.length > 160)).toEqual([]);
  });
});

describe('a share behind the name of its target', () => {
  test.each(NAMES)('is listed, looked at and cancelled in %s, and nothing is asked of another target', async (name) => {
    const chat = await deploy();
    const taskId = chat.taskIds[name];

    const list = await chat.type(`list ${name}/big`);
    const status = await chat.type(`status ${name.toUpperCase()}/BIG ${taskId.slice(0, 8)}`);
    const question = await chat.press(list, 'Cancel…');
    const answer = await chat.press(question, 'Stop and delete it');

    expect(renderSlack(list)).toContain(`1 task of \`${name}/big\``);
    expect(renderSlack(status)).toContain(`Task \`${taskId}\``);
    expect(renderSlack(question)).toContain(`Share \`${name}/big\``);
    expect(renderSlack(answer)).toContain('was stopped and deleted');
    expect(chat.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, name)]);
    expect(chat.logged('audit')).toMatchObject([{ target: name, share_id: chat.targets[name].shareId }]);
    expect(chat.logged('chat.command').map(({ target }) => target)).toEqual([name, name, name, name]);
  });

  test.each(NAMES)('has all that runs cancelled in %s alone', async (name) => {
    const chat = await deploy();

    const question = await chat.type(`cancel-all ${name}/big`);
    const answer = await chat.press(question, 'Stop and delete these');
    const list = await chat.press(answer, 'Show the list');

    expect(renderSlack(question)).toContain(`1 task of \`${name}/big\` is running`);
    expect(renderSlack(list)).toContain(`\`${name}/big\` has no directory-usage tasks.`);
    expect(chat.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, name)]);
  });

  test('is not taken from another target by a button', async () => {
    const { click, cloud, taskIds } = await deploy();

    const messages = [
      await click(`status:east/${SHARE}:${taskIds.north}`),
      await click(`ask:west/${SHARE}:${taskIds.north}`),
      await click(`list:${SHARE}:1`),
    ];

    for (const message of messages) expect(renderSlack(message)).toContain('is no share that this function may touch');
    expect(cloud.requests).toEqual([]);
  });

  test('may be given by its id', async () => {
    const { type, targets } = await deploy();

    expect(renderSlack(await type(`list partner/${targets.partner.shareId}`))).toContain('1 task of `partner/big`');
  });

  test('stays in its target through the pages of a list', async () => {
    const chat = await deploy();
    const { project, shareId } = chat.targets.east;
    for (let number = 0; number < 12; number += 1) project.addTask(shareId, { status: 'SUCCESS' });

    const second = await chat.press(await chat.type('list east/big'), 'Older');

    expect(renderSlack(second)).toContain('13 tasks of `east/big`');
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, 'east')]);
  });

  test.each([
    ['of no target', 'list west/big', '`west/big` is no share'],
    ['of no share', 'list north/small', '`north/small` is no share'],
    ['of a share in another target', 'list north/cold', '`north/cold` is no share'],
    ['nearly of a share', 'list north/bgi', 'Did you mean `north/big`?'],
  ])('that is the name %s is not found, and nothing is asked', async (_, text, expected) => {
    const { type, cloud } = await deploy();

    expect(renderSlack(await type(text))).toContain(expected);
    expect(cloud.requests).toEqual([]);
  });
});

test('commands at the same time reach their own targets, each with its own key', async () => {
  const chat = await deploy();
  const typed = NAMES.flatMap((name) => [
    `list ${name}/big`,
    `status ${name}/big ${chat.taskIds[name]}`,
    `cancel-all ${name}/big`,
  ]);

  const messages = await Promise.all([...typed, ...typed].map((text) => chat.type(text)));

  for (const [at, message] of messages.entries()) {
    const [, share = ''] = (typed[at % typed.length] ?? '').split(' ');
    expect(renderSlack(message)).toContain(share);
  }
  const calls = chat.cloud.requests.filter(({ service }) => service === 'sfs-turbo');
  expect(reached(calls).toSorted()).toEqual(NAMES.map((name) => placeOf(chat, name)).toSorted());
  const tokensIn = (name: Name) =>
    new Set(
      calls
        .filter(({ path }) => path.includes(chat.targets[name].project.id))
        .map(({ headers }) => headers['x-security-token']),
    );
  expect([...tokensIn('north'), ...tokensIn('east')]).toEqual([undefined, undefined]);
  expect([...tokensIn('partner')]).toEqual([expect.any(String)]);
  expect(calls.every(({ status }) => status === 200)).toBe(true);
});

describe('a share alone', () => {
  test('means the only target that has it', async () => {
    const chat = await deploy();

    const byAlias = renderSlack(await chat.type('list cold'));
    const byId = renderSlack(await chat.type(`list ${chat.targets.east.shareId}`));

    expect(byAlias).toContain('`east/cold` has no directory-usage tasks.');
    expect(byId).toContain('1 task of `east/big`');
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, 'east')]);
  });

  test.each(['list big', 'status big 2b31', 'cancel BIG 2b31', 'cancel-all big'])(
    '/du %s is answered with a question which one, and nothing is asked of Huawei Cloud',
    async (text) => {
      const { type, cloud, logged } = await deploy();

      const message = await type(text);

      expect(slackButtons(message)).toEqual([]);
      expect(renderSlack(message).split('\n\n').slice(2)).toEqual(['`north/big`', '`east/big`', '`partner/big`']);
      expect(cloud.requests).toEqual([]);
      expect(logged('chat.command')).toMatchObject([{ outcome: 'several_shares' }]);
    },
  );

  test('that is misspelt is answered with the nearest one', async () => {
    const { type } = await deploy();

    expect(renderSlack(await type('list bgi'))).toContain(
      '`bgi` is no share that this function may touch. Did you mean `big`?',
    );
  });
});

describe('people of some targets', () => {
  const ONLY_EAST = { SLACK_ALLOWED: 'T0001/C0001/*@east' };

  test('see their targets alone', async () => {
    const chat = await deploy(ONLY_EAST);

    const help = renderSlack(await chat.type('help'));
    const own = renderSlack(await chat.type('list big'));
    const others = [
      await chat.type('list north/big'),
      await chat.type(`list ${SHARE}`),
      await chat.type('list partner/big'),
    ];

    expect(help).toContain('`east`: `big, cold`');
    expect(help).not.toMatch(/north|partner/);
    expect(own).toContain('1 task of `east/big`');
    for (const message of others) expect(renderSlack(message)).toContain('is no share that this function may touch');
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, 'east')]);
  });

  test('cannot use a button of another target', async () => {
    const chat = await deploy(ONLY_EAST);

    const messages = [
      await chat.click(`list:north/${SHARE}:1`),
      await chat.click(`ask:north/${SHARE}:${chat.taskIds.north}`),
      // ids of one target behind the name of another
      await chat.click(`status:east/${SHARE}:${chat.taskIds.north}`),
      await chat.click(`list:${SHARE}:1`),
    ];

    for (const message of messages) expect(renderSlack(message)).toContain('is no share that this function may touch');
    expect(chat.cloud.requests).toEqual([]);
  });

  test('cannot confirm what they were asked before a right was taken away', async () => {
    const both = 'T0001/C0001/*@north|east';
    const chat = await deploy({ SLACK_ALLOWED: both });
    const question = await chat.type('cancel-all north/big');
    const [{ value = '' } = {}] = slackButtons(question);
    const later = await deploy({ ...ONLY_EAST, CONFIRM_SECRET: String(chat.variables['CONFIRM_SECRET']) });

    const answer = await later.click(value);

    expect(renderSlack(answer)).toContain('is no share that this function may touch');
    expect(later.cloud.requests).toEqual([]);
  });

  test.each([
    ['T0001/C0001/*@north, T0001/*/U0001@partner', ['north', 'partner']],
    ['T0001/C0001/*@north, T0001/*/U0002@partner', ['north']],
    ['T0001/C0001/*@north, T0001/*/U0001', ['north', 'east', 'partner']],
    ['T0001/C0001/U0001@north|east', ['north', 'east']],
  ])('SLACK_ALLOWED=%s lets Ada into %j', async (allowed, names) => {
    const { type } = await deploy({ SLACK_ALLOWED: allowed });

    const help = renderSlack(await type('help', ADA));

    expect(NAMES.filter((name) => help.includes(`\`${name}\`:`))).toEqual(names);
  });

  test('are of Feishu, too', async () => {
    const chat = await deploy({ FEISHU_ALLOWED: `${LIN.tenant}/${LIN.chat}/*@partner`, CHAT_LANGUAGE: 'zh' });

    const list = renderCard(await chat.write('/du list big'));
    const other = renderCard(await chat.write('/du list east/cold'));

    expect(list).toContain('partner/big 共有 1 个任务');
    expect(other).toContain('east/cold 不是此函数可以操作的文件系统');
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, 'partner')]);
  });
});

test('a question in Feishu is for its target alone', async () => {
  const chat = await deploy({ CHAT_LANGUAGE: 'zh' });

  const which = renderCard(await chat.write('/du cancel-all big'));
  const question = await chat.write('/du cancel-all partner/big');
  const answer = await chat.tap(question, '停止并删除这些任务');

  expect(which.split('\n\n').slice(0, 3)).toEqual([
    '# 是哪一个文件系统？ (orange)',
    'big 可能在多个目标中，请连同目标一起指定：',
    'north/big',
  ]);
  expect(renderCard(answer.card?.data ?? {})).toContain('文件系统 partner/big');
  expect(chat.deleted()).toEqual({ ...NOTHING, partner: 1 });
});

describe('a sweep', () => {
  const SWEEP = { SWEEP_KEEP_LATEST: '0', SWEEP_DRY_RUN: 'false', SWEEP_RATE: '200' };

  /** A due task in the share `big` of each target, beside the one that runs. */
  async function deployDue(
    variables: Readonly<Record<string, string>> = {},
    members: Readonly<Record<string, unknown>> = {},
  ): Promise<TargetsChat> {
    const chat = await deploy({ ...SWEEP, ...variables }, members);
    const times = { beginTime: '2026-02-27 09:00:00', endTime: '2026-02-27 09:30:00' };
    for (const name of NAMES) {
      const { project, shareId } = chat.targets[name];
      project.addTask(shareId, { path: `/${name}`, status: 'SUCCESS', ...times });
    }
    return chat;
  }

  test('of every target names each share with its target, and deletes when its button is clicked', async () => {
    const chat = await deployDue();

    const preview = renderSlack(await chat.type('preview'));
    const question = await chat.type('sweep');
    const before = chat.deleted();
    const answer = renderSlack(await chat.press(question, 'Delete them now'));

    for (const name of NAMES) {
      expect(preview).toContain(`\`/${name}\`\nfinished 2 days ago; found 1000.0 KiB\nShare \`${name}/big\``);
      expect(answer).toContain(`share \`${name}/big\``);
    }
    expect(renderSlack(question)).toContain('3 tasks of 4 shares are due');
    expect(before).toEqual(NOTHING);
    expect(chat.deleted()).toEqual({ north: 1, east: 1, partner: 1 });
    expect(chat.logged('sweep.target').filter(({ dry_run: dry }) => dry === false)).toHaveLength(3);
  });

  test.each(NAMES)('of a share in %s reaches no other target', async (name) => {
    const chat = await deployDue();

    const answer = await chat.press(await chat.type(`sweep ${name}/big`), 'Delete them now');

    expect(renderSlack(answer)).toContain('1 task was deleted:');
    expect(renderSlack(answer)).toContain(`> Share \`${name}/big\``);
    expect(chat.deleted()).toEqual({ ...NOTHING, [name]: 1 });
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, name)]);
  });

  test('of people of some targets is of those alone', async () => {
    const chat = await deployDue({ SLACK_ALLOWED: 'T0001/C0001/*@east|partner' });

    const preview = renderSlack(await chat.type('preview'));
    const answer = await chat.press(await chat.type('sweep'), 'Delete them now');

    expect(preview).toContain('2 tasks of 3 shares are due');
    expect(renderSlack(answer)).toContain('2 tasks were deleted:');
    expect(chat.deleted()).toEqual({ ...NOTHING, east: 1, partner: 1 });
    expect(reached(chat.cloud.requests).toSorted()).toEqual(
      [placeOf(chat, 'east'), placeOf(chat, 'partner')].toSorted(),
    );
  });

  test('that was asked about is not run in a target whose right was taken away since', async () => {
    const chat = await deployDue();
    const [{ value = '' } = {}] = slackButtons(await chat.type('sweep'));
    const secret = String(chat.variables['CONFIRM_SECRET']);
    const later = await deployDue({ SLACK_ALLOWED: 'T0001/C0001/*@east', CONFIRM_SECRET: secret });

    await later.click(value);

    expect(later.deleted()).toEqual({ ...NOTHING, east: 1 });
    expect(reached(later.cloud.requests)).toEqual([placeOf(later, 'east')]);
  });

  test('leaves out the targets whose own sweep is dry, and says so', async () => {
    const chat = await deployDue({}, { north: { sweep: { dry_run: true } } });

    const question = await chat.type('sweep');
    const answer = await chat.press(question, 'Delete them now');
    const dry = renderSlack(await chat.type('sweep north/big'));

    expect(renderSlack(question)).toContain('2 tasks of 3 shares are due');
    expect(renderSlack(question)).toContain('> Left out, because their sweep is dry: `north`.');
    expect(renderSlack(answer)).toContain('2 tasks were deleted:');
    expect(chat.deleted()).toEqual({ ...NOTHING, east: 1, partner: 1 });
    expect(dry).toContain('`SWEEP_DRY_RUN` is on here');
  });

  test('tells people nothing of targets that they may not use', async () => {
    const chat = await deployDue({ SLACK_ALLOWED: 'T0001/C0001/*@east' }, { north: { sweep: { dry_run: true } } });

    const messages = [await chat.type('preview'), await chat.type('sweep')].map((message) => renderSlack(message));

    for (const message of messages) expect(message).not.toMatch(/north|partner/);
    expect(reached(chat.cloud.requests)).toEqual([placeOf(chat, 'east')]);
  });

  test('of a target that fails says so, and is run in the others', async () => {
    const chat = await deployDue();
    chat.targets.agency.distrust();

    const question = await chat.type('sweep');
    const answer = renderSlack(await chat.press(question, 'Delete them now'));

    expect(renderSlack(question)).toContain('2 tasks of 3 shares are due');
    expect(renderSlack(question)).toContain('> 1 share could not be read');
    expect(answer).toContain('# The sweep could not do everything');
    expect(chat.deleted()).toEqual({ ...NOTHING, north: 1, east: 1 });
  });

  test('leaves alone a share that the sweep of its target does not name', async () => {
    const chat = await deployDue({}, { partner: { sweep: { shares: ['other'] } } });

    const answer = renderSlack(await chat.type('sweep partner/big'));

    expect(answer).toBe('# Not swept\n\nThe sweep leaves `partner/big` alone: it is not in `sweep.shares`.');
    expect(chat.cloud.requests).toEqual([]);
  });
});

test('one target needs no name before a share, and may have it', async () => {
  const onlyNorth = async (variables: Readonly<Record<string, string>>) => {
    const [north] = JSON.parse(String(variables['TARGETS']));
    return { ...variables, TARGETS: JSON.stringify([north]) };
  };
  const { type, cloud } = await deployChat({
    prepare: async (each) => onlyNorth((await addThreeTargets(each, SHARE)).variables),
  });
  cloud.addTask(SHARE, { path: '/home' });

  const messages = [await type('list big'), await type('list north/big')].map((message) => renderSlack(message));

  expect(messages[0]).toContain('1 task of `big`');
  expect(messages[1]).toBe(messages[0]);
});

test('a share without the tags of its target is not touched', async () => {
  const byTags = async (cloud: ChatDeployment['cloud']) => {
    const { variables } = await addThreeTargets(cloud, SHARE);
    const [north, ...others] = JSON.parse(String(variables['TARGETS']));
    const tagged = { ...north, shares: { tags: { clean: ['on'] } } };
    return { ...variables, TARGETS: JSON.stringify([tagged, ...others]) };
  };
  const { type, cloud } = await deployChat({ prepare: byTags });
  const tagged = cloud.project.addShare({ tags: { clean: 'on' } });

  const answers = [await type(`list north/${tagged}`), await type('list north/big')].map((each) => renderSlack(each));

  expect(answers[0]).toContain('has no directory-usage tasks');
  expect(answers[1]).toContain('`north/big` is no share that this function may touch');
  expect(cloud.requestsOf('ListFsTasks').every(({ path }) => path.includes(tagged))).toBe(true);
});
