import { cpus } from 'node:os';
import { type Service, startCloud } from '../cloud/cloud.ts';

/** What the benchmark asks of the embedded cloud, which runs in a process of its own so that its CPU is not counted. */
export type CloudOrder =
  | { readonly type: 'addTasks'; readonly count: number }
  /** Whether it stays awake between requests: on a virtual machine, who wakes another processor pays for it, and not a little. */
  | { readonly type: 'awake'; readonly awake: boolean }
  | { readonly type: 'latency'; readonly ms: number }
  | { readonly type: 'fill'; readonly shares: number; readonly tasksPerShare: number }
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

const SERVICES: readonly Service[] = ['iam', 'sfs-turbo'];

async function serve(): Promise<void> {
  // the documented rate limit would be what is measured
  const cloud = await startCloud({ rateLimitPerSecond: Number.POSITIVE_INFINITY });
  const shareId = cloud.addShare();
  let filled: string[] = [];
  let awake = false;

  function stayAwake(): void {
    if (awake) setImmediate(stayAwake);
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
      case 'latency':
        for (const service of SERVICES) cloud.latency(service, order.ms);
        return undefined;
      case 'fill':
        for (const id of filled) cloud.removeShare(id);
        filled = [];
        for (let share = 0; share < order.shares; share += 1) {
          const id = cloud.addShare();
          filled.push(id);
          for (let task = 0; task < order.tasksPerShare; task += 1) {
            cloud.addTask(id, { path: `/projects/${task}`, status: 'SUCCESS', beginTime: '2024-03-01 08:00:00' });
          }
        }
        return undefined;
      default:
        return order satisfies never;
    }
  }

  process.on('message', (order: CloudOrder) => process.send?.({ result: obey(order) }));
  process.on('disconnect', () => process.exit());
  const { projectId, accessKey, secretKey } = cloud;
  const facts: CloudFacts = { variables: cloud.environment(), projectId, accessKey, secretKey, shareId };
  process.send?.({ result: facts });
}

serve().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
