import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { say } from '../cloud/print.ts';
import { measureApart } from './apart.ts';
import type { CloudFacts } from './cloud-process.ts';
import { measureCold, measureFirst } from './cold.ts';
import { bundleContenders } from './contenders.ts';
import type { Section } from './figures.ts';
import { measureTargets } from './many-targets.ts';
import { type Options, type Part, readOptions, USAGE } from './options.ts';
import { startWorker } from './processes.ts';
import { bundlePrograms } from './programs.ts';
import { header, printed, readVersions, summary } from './report.ts';
import type { Setting } from './setting.ts';
import { measureSizes } from './sizes.ts';
import { measureSweep } from './sweep.ts';
import { measureWarm } from './warm.ts';

const MEASURES: Readonly<Record<Part, (setting: Setting) => Promise<Section>>> = {
  cold: measureCold,
  first: measureFirst,
  warm: measureWarm,
  apart: measureApart,
  sweep: measureSweep,
  targets: measureTargets,
  sizes: measureSizes,
};

/** `npm run bench`: everything in one run on one machine, side by side. */
async function bench(options: Options): Promise<void> {
  const startedAtMs = performance.now();
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const { worker: cloud, hello: facts } = await startWorker<CloudFacts>('test/bench/cloud-process.ts', {
    args: options.tls ? [join(directory, 'certificate.pem')] : [],
    execArgv: process.execArgv,
  });
  try {
    const versions = await readVersions();
    const print = options.json ? () => {} : say;
    print(header(options, versions));
    const contenders = await bundleContenders(facts, directory);
    const programs = await bundlePrograms(directory);
    const setting: Setting = { ...options, cloud, facts, contenders, programs, directory };
    const sections: [Part, Section][] = [];
    for (const part of options.parts) {
      const section = await MEASURES[part](setting);
      sections.push([part, section]);
      print(printed(section));
    }
    print(summary(sections.map(([, section]) => section)));
    print(`\nTaken in ${Math.round((performance.now() - startedAtMs) / 1_000)} s.`);
    if (options.json) say(json(options, versions, sections));
  } finally {
    cloud.stop();
    await rm(directory, { recursive: true });
  }
}

function json(
  { scale, roundTripMs, tls }: Options,
  versions: Readonly<Record<string, string>>,
  sections: readonly (readonly [Part, Section])[],
): string {
  const found = Object.fromEntries(sections.map(([part, { data }]) => [part, data]));
  const goals = sections.flatMap(([, section]) => section.targets);
  return JSON.stringify({ versions, cpus: cpus().length, scale, roundTripMs, tls, ...found, goals }, null, 2);
}

/** What is wrong with the arguments is said in one line and the usage, without a stack. */
function optionsOrUsage(): Options | undefined {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    return undefined;
  }
}

async function main(): Promise<void> {
  const options = optionsOrUsage();
  if (options === undefined) process.exitCode = 1;
  else await bench(options);
}

main().catch((error: unknown) => {
  console.error(error);
  // not only the exit code: processes that still wait for orders would keep this one
  process.exit(1);
});
