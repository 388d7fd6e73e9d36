import { writeSync } from 'node:fs';

/** One sweep in a process of its own. */
export interface SweepRun {
  readonly wallMs: number;
  readonly deleted: number;
  /** Resident memory at its highest, beyond what the process had before the sweep. */
  readonly growthBytes: number;
}

/** Loads the bundle of the function `timer` and lets it sweep once. The result goes to descriptor 3. */
async function run(): Promise<void> {
  const [bundle = ''] = process.argv.slice(2);
  const { handler } = require(bundle);
  const beforeBytes = process.memoryUsage.rss();
  const startedAtMs = performance.now();
  const { deleted, remaining } = await handler(
    {},
    { awsRequestId: 'bench-sweep', getRemainingTimeInMillis: () => 900_000 },
  );
  const wallMs = performance.now() - startedAtMs;
  if (remaining !== 0) throw new Error(`${remaining} tasks remained`);
  const result: SweepRun = {
    wallMs,
    deleted,
    growthBytes: process.resourceUsage().maxRSS * 1_024 - beforeBytes,
  };
  writeSync(3, JSON.stringify(result));
  process.exit(0);
}

run().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
