import fc from 'fast-check';
import { expect, test } from 'vitest';
import { toListedTask } from '../../../lib/sfs-turbo/documented-task.ts';

// the example of ListFsTasks, whose spaces inside a word are an accident of the page
const EXAMPLE = {
  task_id: '2b31ed520xxxxxxebedb6e57xxxxxxxx',
  status: 'SUCCESS',
  dir_usage: {
    path: '/path',
    used_capacity: 0,
    file_count: { dir: 0, regular: 0, pipe: 0, char: 0, block: 0, socket: 0, symlink: 0 },
    message: '',
  },
  begin_time: '2023-03-01 11:46:01',
  end_time: '2023-03-01 11:46:01',
};

test('the documented members are handed on as they came, and no others', () => {
  const task = toListedTask({ ...EXAMPLE, internal_host: '10.0.0.1', dir_usage: { ...EXAMPLE.dir_usage, debug: {} } });

  expect(task?.documented).toEqual(EXAMPLE);
  expect(task?.record).toMatchObject({ rawId: EXAMPLE.task_id, status: 'SUCCESS', path: '/path' });
});

test.each(['a b', '', 'ä', '\n', 'x'.repeat(129)])('%j is no id that could be a marker', (id) => {
  expect(toListedTask({ ...EXAMPLE, task_id: id })).toBeUndefined();
});

test('what is no such task is none, whatever it is', () => {
  fc.assert(
    fc.property(fc.anything(), (value) => {
      const task = toListedTask(value);

      if (task !== undefined) expect(task.documented.status).toMatch(/^(SUCCESS|FAIL|DOING)$/);
    }),
    { numRuns: 1_000 },
  );
});
