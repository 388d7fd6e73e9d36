import { say } from '../cloud/print.ts';
import { runSoak } from './soak.ts';

/** `npm run soak [calls]`: the long soak; its short version is in the suite. */
async function main(): Promise<void> {
  const calls = Number(process.argv[2] ?? 20_000);
  const report = await runSoak({ calls, faultRate: 0.1, inFlight: 32, seed: 1 });
  say(JSON.stringify(report, null, 2));
  const { untrue, audits, leftSockets, leftTimers, grownMiB } = report;
  const isClean = untrue.length === 0 && audits === calls && leftSockets <= 0 && leftTimers <= 0 && grownMiB < 8;
  say(isClean ? 'every answer true, nothing left over' : 'NOT CLEAN');
  process.exitCode = isClean ? 0 : 1;
}

main();
