import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deployChat, SHARE } from '../../support/chat-deployment.ts';
import { deploy } from '../../support/deployment.ts';
import { prepareSweep } from '../../support/sweeping.ts';
import { toPattern } from './pattern.ts';
import { readTemplate, type Template } from './template.ts';

const TASK = '11111111-2222-4333-8444-555555555555';

let template: Template;
beforeAll(async () => {
  template = await readTemplate({});
});
afterAll(() => template?.remove());

/** Whether a filter of the deployment counts a line. */
function counts(filter: string, line: unknown): boolean {
  return toPattern(template.propertiesOf(filter)?.FilterPattern ?? '')(line);
}

const countedOf = (filter: string, lines: readonly string[]): readonly string[] =>
  lines.filter((line) => counts(filter, JSON.parse(line)));

describe('refused credentials are counted', () => {
  test('of a cancel over HTTP', async () => {
    const { cloud, cancel, shareId, lines } = await deploy();
    cloud.changePassword('another');

    const { statusCode } = await cancel({ share_id: shareId, task_id: TASK });

    expect(statusCode).toBe(502);
    expect(countedOf('HttpIamRejectedFilter', lines).length).toBeGreaterThan(0);
  });

  test('of a command in a chat', async () => {
    const { cloud, type, lines } = await deployChat();
    cloud.changePassword('another');

    await type(`list ${SHARE}`);

    expect(countedOf('ChatIamRejectedFilter', lines).length).toBeGreaterThan(0);
  });

  test('of a sweep, with a password and with an access key', async () => {
    for (const variables of [
      { HW_USER_PASSWORD: 'another' },
      { HW_USER_NAME: '', HW_DOMAIN_NAME: '', HW_USER_PASSWORD: '', HW_ACCESS_KEY: 'AK', HW_SECRET_KEY: 'SK' },
    ]) {
      const { cloud, sweep, lines } = await prepareSweep({ variables });
      cloud.addShare({ id: SHARE });

      await sweep({ shares: [SHARE] });

      expect(countedOf('TimerIamRejectedFilter', lines).length).toBeGreaterThan(0);
    }
  });

  test('and what works, or fails for other reasons, is not', async () => {
    const { cloud, cancel, shareId, lines } = await deploy();
    const taskId = cloud.addTask(shareId);
    await cancel({ share_id: shareId, task_id: taskId });
    await cancel({ share_id: SHARE, task_id: TASK });

    expect(lines.length).toBeGreaterThan(1);
    expect(countedOf('HttpIamRejectedFilter', lines)).toEqual([]);
  });
});

describe('of the requests', () => {
  test.each([
    { status: '401', routeKey: 'POST /v1/tasks/cancel', counted: ['UnauthenticatedRequestsFilter'] },
    { status: '429', routeKey: 'POST /v1/tasks/cancel', counted: ['ThrottledRequestsFilter'] },
    { status: '429', routeKey: '$default', counted: [] },
    { status: '202', routeKey: 'POST /v1/tasks/cancel', counted: [] },
  ])('$status of $routeKey is counted by $counted', ({ counted, ...line }) => {
    const filters = ['UnauthenticatedRequestsFilter', 'ThrottledRequestsFilter'].filter((name) => counts(name, line));

    expect(filters).toEqual(counted);
  });
});
