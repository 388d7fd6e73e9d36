import { createInstance, type SweepingOptions } from './sweep-instance.ts';

/**
 * One sweep in a process of its own, for tests that kill it or measure its memory: `argv[2]` has the environment and the
 * options as JSON; the last line of its output has what came of it.
 */
async function main(): Promise<void> {
  const { environment, variables, settings } = JSON.parse(process.argv[2] ?? '{}') as SweepingOptions & {
    environment: Record<string, string>;
  };
  const { app, sweep } = createInstance(environment, {
    ...(variables && { variables }),
    ...(settings && { settings }),
    // nothing keeps the lines: they would be counted as the sweep's memory
    runtime: { write: () => {} },
  });
  let seen = 0;
  let mostBytes = 0;
  const measure = (): void => {
    global.gc?.();
    mostBytes = Math.max(mostBytes, process.memoryUsage().heapUsed);
  };
  const onTask = (): void => {
    seen += 1;
    if (global.gc !== undefined && seen % 500 === 0) measure();
  };

  // what a first run needs once: token, connections, compiled code
  await sweep({ max_deletes: 0, dry_run: true });
  measure();
  const baseBytes = mostBytes;
  const summary = await sweep({}, { remainingMs: 120_000 }, { onTask });
  measure();
  console.log(JSON.stringify({ summary, growthBytes: mostBytes - baseBytes, seen }));
  await app.close();
}

main();
