import { writeSync } from 'node:fs';

/** Milliseconds from the first line of a process of its own. */
export interface ColdRun {
  /** The bundle read, compiled and run to its end, and one turn of the event loop: what a platform calls initialisation. */
  readonly loadMs: number;
  /** From there to the answer of the first call. */
  readonly firstMs: number;
  /** Of both, on all threads; what else the machine does moves it less than it moves the clock. */
  readonly cpuMs: number;
}

/**
 * A fresh process, as a platform starts one: loads the bundle and hands it one event, in a later turn of the event loop, since
 * a platform's runtime asks for the event over a connection. The result goes to descriptor 3.
 */
async function run(): Promise<void> {
  const [bundle = '', event = ''] = process.argv.slice(2);
  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  const { handler } = require(bundle);
  await new Promise((resolve) => setImmediate(resolve));
  const loadedAtMs = performance.now();
  const answer = await handler(JSON.parse(event), {
    awsRequestId: 'bench-cold',
    getRemainingTimeInMillis: () => 25_000,
  });
  const doneAtMs = performance.now();
  const { user, system } = process.cpuUsage(cpuBefore);
  if (answer.statusCode !== 202) throw new Error(`answered ${answer.statusCode}: ${answer.body}`);
  const result: ColdRun = {
    loadMs: loadedAtMs - startedAtMs,
    firstMs: doneAtMs - loadedAtMs,
    cpuMs: (user + system) / 1_000,
  };
  writeSync(3, JSON.stringify(result));
  process.exit(0);
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
