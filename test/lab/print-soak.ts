import { say } from '../cloud/print.ts';
import { runSoak } from './soak.ts';

/** `npm run soak [calls [seed]]`: the long soak; its short version is in the suite. */
async function main(): Promise<void> {
  const [calls = 20_000, seed = 1] = process.argv.slice(2).map(Number);
  const report = await runSoak({ calls, faultRate: 0.1, inFlight: 32, seed });
  say(JSON.stringify(report, null, 2));
  const { untrue, audits, leftSockets, leftTimers, grownMiB } = report;
  const isClean = untrue.length === 0 && audits === calls && leftSockets <= 0 && leftTimers <= 0 && grownMiB < 8;
  say(isClean ? 'every answer true, nothing left over' : 'NOT CLEAN');
  process.exitCode = isClean ? 0 : 1;
}

main();
