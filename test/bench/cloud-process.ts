import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { type CloudProject, startCloud } from '../cloud/cloud.ts';
import { startNetwork } from './network.ts';

/** What the benchmark asks of the embedded cloud, which runs in a process of its own so that its CPU is not counted. */
export type CloudOrder =
  | { readonly type: 'addTasks'; readonly count: number }
  /** Whether it stays awake between requests: on a virtual machine, who wakes another processor pays for it, and not a little. */
  | { readonly type: 'awake'; readonly awake: boolean }
  | { readonly type: 'roundTrip'; readonly ms: number }
  | { readonly type: 'fill'; readonly shares: number; readonly tasksPerShare: number }
  /** New projects of the account, each with so many shares. Their ids are the answer. */
  | {
      readonly type: 'addProjects';
      readonly count: number;
      readonly shares: number;
      readonly tasksPerShare: number;
    }
  | { readonly type: 'tally' };

/** How the cloud is reached and what it holds. */
export interface CloudFacts {
  readonly variables: Readonly<Record<string, string>>;
  readonly projectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly shareId: string;
}

/** Since the last order of another kind. */
export interface CloudTally {
  readonly requests: number;
}

/**
 * Serves the cloud behind a network. Both are in one process: with another one between them, two processors would not be enough,
 * and the delays would be late.
 *
 * @param certificateFile where the certificate is written; none: plain HTTP
 */
async function serve(certificateFile: string | undefined): Promise<void> {
  // the documented rate limit would be what is measured
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY });
  const network = startNetwork({ tls: certificateFile !== undefined });
  const shareId = cloud.addShare();
  let filled: string[] = [];
  let awake = false;
  let projects = 0;

  function stayAwake(): void {
    if (awake) setImmediate(stayAwake);
  }

  function fill(shares: number, tasksPerShare: number): void {
    for (const id of filled) cloud.removeShare(id);
    filled = Array.from({ length: shares }, () => cloud.addShare());
    for (const id of filled) addTasks(cloud, id, tasksPerShare);
  }

  function addProjects(count: number, shares: number, tasksPerShare: number): readonly string[] {
    return Array.from({ length: count }, () => {
      projects += 1;
      const project = cloud.account.addProject(`cn-north-4_${projects}`);
      for (let share = 0; share < shares; share += 1) addTasks(project, project.addShare(), tasksPerShare);
      return project.id;
    });
  }

  function obey(order: CloudOrder): unknown {
    if (order.type === 'tally') return { requests: cloud.requests.length } satisfies CloudTally;
    if (order.type === 'awake') {
      awake = order.awake && cpus().length > 1;
      stayAwake();
      return undefined;
    }
    cloud.reset();
    switch (order.type) {
      case 'addTasks':
        return Array.from({ length: order.count }, () => cloud.addTask(shareId));
      case 'roundTrip':
        network.setRoundTrip(order.ms);
        return undefined;
      case 'fill':
        fill(order.shares, order.tasksPerShare);
        return undefined;
      case 'addProjects':
        return addProjects(order.count, order.shares, order.tasksPerShare);
      default:
        return order satisfies never;
    }
  }

  process.on('message', (order: CloudOrder) => process.send?.({ result: obey(order) }));
  process.on('disconnect', () => process.exit());
  const variables = {
    ...cloud.environment(),
    HW_AUTH_URL: await network.through(cloud.iamUrl),
    SFS_TURBO_ENDPOINT: await network.through(cloud.sfsTurboUrl),
    ...trust(network.certificate, certificateFile),
  };
  const { projectId, accessKey, secretKey } = cloud;
  const facts: CloudFacts = { variables, projectId, accessKey, secretKey, shareId };
  process.send?.({ result: facts });
}

function addTasks(owner: Pick<CloudProject, 'addTask'>, shareId: string, count: number): void {
  for (let task = 0; task < count; task += 1) {
    owner.addTask(shareId, { path: `/projects/${task}`, status: 'SUCCESS', beginTime: '2024-03-01 08:00:00' });
  }
}

function trust(certificate: string | undefined, file: string | undefined): Record<string, string> {
  if (certificate === undefined || file === undefined) return {};
  writeFileSync(file, certificate);
  return { NODE_EXTRA_CA_CERTS: file };
}

serve(process.argv[2]).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
