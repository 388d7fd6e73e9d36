import { tmpdir } from 'node:os';
import { runDu } from '../support/du.ts';
import type { Local } from './local.ts';
import { bold, shortIds, table } from './print.ts';
import { addThreeTargets, type CloudTarget } from './three-targets.ts';

/** How the demonstration shows what it does. */
interface Stage {
  readonly step: (title: string) => void;
  readonly tell: (text: string) => void;
  readonly check: (isRight: boolean, expected: string) => void;
}

/** Two projects in two regions and one of a foreign account, from the command line. */
export async function showTargets({ cloud }: Local, shareId: string, { step, tell, check }: Stage): Promise<void> {
  const { north, east, partner, variables } = await addThreeTargets(cloud, shareId);
  const addTask = ({ project, shareId: id }: CloudTarget): string => project.addTask(id, { path: '/home/huge' });
  const taskIds = [north, east, partner].map(addTask);
  const du = async (args: readonly string[], expected: number): Promise<void> => {
    tell(`  ${bold(`npm run du -- ${args.join(' ')}`)}`);
    const { code, stdout, stderr } = await runDu(args, variables, tmpdir());
    const notes = stderr.split('\n').filter((line) => !line.startsWith('{'));
    tell(`${stdout}${notes.join('\n')}`.trimEnd().replace(/^(?=.)/gm, '    '));
    check(code === expected, `the command to end with ${expected}`);
  };

  step('Two regions and a foreign account, whose agency lets us in: is everything set up?');
  await du(['check'], 0);

  step('A share may be in several of them: then the command asks which');
  await du(['list', 'big'], 2);

  step('Cancel in the foreign account. The other targets hear nothing of it');
  const sentBefore = cloud.requests.length;
  await du(['cancel', 'partner/big', taskIds[2] ?? '', '--yes'], 0);
  const sent = cloud.requests
    .slice(sentBefore)
    .map(({ service, region = '', projectId = '', method, status }) => [service, region, projectId, method, status]);
  const rows = sent.map((cells) => cells.map((cell) => shortIds(String(cell))));
  tell(table(['to', 'region', 'project', 'method', 'answer'], rows));
  const deleted = [north, east, partner].map(
    ({ project }) => project.deletedTaskIds.filter((id) => taskIds.includes(id)).length,
  );
  check(deleted.join() === '0,0,1', 'a deletion in the foreign account alone');
}
