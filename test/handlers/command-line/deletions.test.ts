import { expect, test } from 'vitest';
import { type Deletion, watchDeletions } from '../../../handlers/command-line/deletions.ts';
import { createLogs } from '../../../lib/core/log.ts';

test.each([undefined, 'east'])('a DELETE is seen once, in the log of the target %s', (target) => {
  const lines: string[] = [];
  const seen: Deletion[] = [];
  const log = watchDeletions(createLogs('INFO', (line) => lines.push(line))('request-1'), (each) => seen.push(each));

  log.ofTarget(target).record('info', 'audit', { share_id: 's', task_id: 't', outcome: 'accepted' });

  expect(seen).toEqual([{ shareId: 's', taskId: 't', isDeleted: true, ending: 'accepted' }]);
  expect(lines.map((line) => JSON.parse(line))).toMatchObject([target === undefined ? {} : { target }]);
});
