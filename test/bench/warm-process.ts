/** A round of calls on a handler that stays loaded. */
export interface WarmOrder {
  readonly events: readonly unknown[];
  readonly inFlight: number;
}

/** Per call. */
export interface WarmRun {
  readonly wallUs: number;
  /** User and system time of the whole process, its garbage collector included. */
  readonly cpuUs: number;
}

const [bundle = ''] = process.argv.slice(2);
const { handler } = require(bundle);
const context = { awsRequestId: 'bench-warm', getRemainingTimeInMillis: () => 25_000 };

async function round({ events, inFlight }: WarmOrder): Promise<WarmRun> {
  let next = 0;
  async function caller(): Promise<void> {
    while (next < events.length) {
      const event = events[next];
      next += 1;
      const answer = await handler(event, context);
      if (answer.statusCode !== 202) throw new Error(`answered ${answer.statusCode}: ${answer.body}`);
    }
  }

  const cpuBefore = process.cpuUsage();
  const startedAtMs = performance.now();
  await Promise.all(Array.from({ length: inFlight }, caller));
  const wallUs = (performance.now() - startedAtMs) * 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wallUs: wallUs / events.length, cpuUs: (user + system) / events.length };
}

process.on('message', (order: WarmOrder) => {
  round(order).then(
    (result) => process.send?.({ result }),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
process.on('disconnect', () => process.exit());
process.send?.({ result: undefined });
