import { describe, expect, test } from 'vitest';
import { deploy, httpEvent } from '../deployment.ts';

describe('cancelling a task', () => {
  test('a running task is gone after a 202', async () => {
    const { cloud, shareId, cancel } = await deploy();
    const taskId = cloud.addTask(shareId);

    const answer = await cancel({ share_id: shareId, task_id: taskId });

    expect(answer).toMatchObject({ statusCode: 202, isBase64Encoded: false });
    expect(JSON.parse(answer.body)).toEqual({
      project_id: cloud.projectId,
      share_id: shareId,
      feature: 'dir-usage',
      task_id: taskId,
      outcome: 'accepted',
    });
    expect(cloud.task(shareId, taskId)).toBeUndefined();
  });
});

test('x', () => expect(httpEvent).toBeDefined());
