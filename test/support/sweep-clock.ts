import type { CloudRequest, Operation, TaskInput } from '../cloud/cloud.ts';
import { formatTaskTime } from '../cloud/shares.ts';
import { ended, HOUR_MS, type SweepingOptions } from './sweep-instance.ts';
import { prepareSweep } from './sweeping.ts';

/** A sweep whose clock, which is the cloud's too, moves only when it sleeps or a test says so. */
export async function prepareWithClock(
  variables: SweepingOptions['variables'],
  concurrency = 1,
  settings: SweepingOptions['settings'] = {},
) {
  const clock = { nowMs: Date.now() };
  const told: { onRequest: (request: CloudRequest) => void } = { onRequest: () => {} };
  const now = (): number => clock.nowMs;
  const sleep = async (ms: number): Promise<void> => {
    clock.nowMs += ms;
  };
  const sweeping = await prepareSweep({
    cloud: { now, listingLagMs: 300_000, onRequest: (request) => told.onRequest(request) },
    variables: { SWEEP_CONCURRENCY: String(concurrency), ...variables },
    settings,
    runtime: { now, sleep },
  });
  const { cloud } = sweeping;
  const shareId = cloud.addShare();
  return {
    ...sweeping,
    clock,
    shareId,
    add: (ageHours: number, path = `/${ageHours}`, share = shareId) =>
      cloud.addTask(share, { ...ended(ageHours * HOUR_MS, clock.nowMs), path }),
    /** A task that has run for so long. */
    addRunning: (ageHours: number, task: TaskInput = {}) =>
      cloud.addTask(shareId, {
        status: 'DOING',
        beginTime: formatTaskTime(clock.nowMs - ageHours * HOUR_MS),
        path: `/${ageHours}`,
        ...task,
      }),
    /** Makes a change when the first request of a kind has arrived, before it is carried out. */
    atFirst: (awaited: Operation, change: () => void) => {
      told.onRequest = ({ operation }) => {
        if (operation !== awaited) return;
        told.onRequest = () => {};
        change();
      };
    },
    /** What was asked of SFS Turbo, one letter a request: a page of tasks, a task shown, a DELETE. */
    asked: () =>
      cloud.requests
        .map(({ operation }) => ({ ListFsTasks: 'L', ShowFsTask: 'S', DeleteFsTask: 'D' })[String(operation)] ?? '')
        .join(''),
  };
}
