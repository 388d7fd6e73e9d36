import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { bold, dim, say, table } from '../cloud/print.ts';
import type { Bundle } from './bundles.ts';
import type { CloudFacts } from './cloud-process.ts';
import { type ColdResult, measureCold } from './cold.ts';
import { bundleContenders, bundleOthers, bundleTimer, type Contender } from './contenders.ts';
import { startWorker } from './processes.ts';
import { measureSweep, type SweepResult } from './sweep.ts';
import { measureWarm, WARM_MODES, type WarmResult } from './warm.ts';

const HERE = 'test/bench';
const LATENCY_MS = 50;

/** `npm run bench`: everything in one run on one machine, side by side. See the README for what each figure means. */
async function bench(): Promise<void> {
  const { values: args } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string', default: '15' },
      only: { type: 'string', multiple: true, default: ['cold', 'first', 'warm', 'sweep', 'sizes'] },
    },
  });
  const rounds = Number(args.rounds);
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const print = args.json ? () => {} : say;
  const { worker: cloud, hello: facts } = await startWorker<CloudFacts>(join(HERE, 'cloud-process.ts'), {
    execArgv: process.execArgv,
  });
  try {
    const versions = await readVersions();
    print(bold(`Node ${versions['node']} on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`));
    print(
      dim(
        Object.entries(versions)
          .map(([name, version]) => `${name} ${version}`)
          .join(', '),
      ),
    );

    const contenders = await bundleContenders(facts, directory);
    const programs = await bundlePrograms(directory);
    const shared = { cloud, facts, rounds };
    const report: Record<string, unknown> = { versions, cpus: cpus().length, rounds };
    const add = (name: string, what: unknown): void => {
      report[name] = what;
    };

    if (args.only.includes('cold')) {
      const cold = await measureCold(contenders, { ...shared, program: programs.cold, latencyMs: 0 });
      add('cold', byName(cold));
      print(coldTable('Cold: a new process, its bundle loaded, its first 202', cold));
    }
    if (args.only.includes('first')) {
      const first = await measureCold(contenders, { ...shared, program: programs.cold, latencyMs: LATENCY_MS });
      add('first', byName(first));
      print(coldTable(`First call, with ${LATENCY_MS} ms of latency at IAM and at SFS Turbo`, first, 2 * LATENCY_MS));
    }
    if (args.only.includes('warm')) {
      const warm = await measureWarm(contenders, { ...shared, program: programs.warm });
      add('warm', byName(warm));
      print(warmTable(warm));
    }
    if (args.only.includes('sweep')) {
      const timer = await bundleTimer(facts, directory);
      const floor = contenders.find(({ name }) => name === 'bare undici') ?? timer;
      const options = { cloud, timer, floor, shareId: facts.shareId, programs };
      const sweeps = [await measureSweep(4, options), await measureSweep(32, options)];
      add('sweep', sweeps);
      print(sweepTable(sweeps));
    }
    if (args.only.includes('sizes')) {
      const others = await bundleOthers(directory);
      const bundles = [
        ...contenders.map(({ name, bundle }) => ({ ...bundle, name: name === 'ours' ? 'ours: http' : name })),
        ...others.map(({ bundle }) => ({ ...bundle, name: `ours: ${bundle.name}` })),
      ];
      add(
        'sizes',
        bundles.map(({ name, rawBytes, zippedBytes, sources }) => ({ name, rawBytes, zippedBytes, sources })),
      );
      print(sizesTable(bundles));
    }
    say(args.json ? JSON.stringify(report, undefined, 2) : `\n${JSON.stringify(report)}`);
  } finally {
    cloud.stop();
    await rm(directory, { recursive: true });
  }
}

const PROGRAMS = ['cold', 'warm', 'sweep'] as const;
type Programs = Readonly<Record<(typeof PROGRAMS)[number], string>>;

/** What runs in processes of its own, as plain JavaScript: tsx would be part of what is measured. */
async function bundlePrograms(directory: string): Promise<Programs> {
  const entries = PROGRAMS.map(async (name) => {
    const outfile = join(directory, `${name}-process.js`);
    const entryPoints = [join(HERE, `${name}-process.ts`)];
    await build({ entryPoints, outfile, platform: 'node', format: 'cjs', bundle: true });
    return [name, outfile] as const;
  });
  return Object.fromEntries(await Promise.all(entries)) as Programs;
}

async function readVersions(): Promise<Record<string, string>> {
  const packages = ['undici', '@middy/core', '@huaweicloud/huaweicloud-sdk-core'];
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of packages) {
    versions[name] = JSON.parse(await readFile(join('node_modules', name, 'package.json'), 'utf8')).version;
  }
  return versions;
}

function byName<T>(results: ReadonlyMap<Contender, T>): Record<string, T> {
  return Object.fromEntries([...results].map(([{ name }, result]) => [name, result]));
}

const fixed = (value: number): string => value.toFixed(1);
const ratio = (value: number, to: number | undefined): string =>
  to === undefined ? '' : `${(value / to).toFixed(2)} ×`;

function coldTable(title: string, results: ReadonlyMap<Contender, ColdResult>, pathMs?: number): string {
  const [ours] = results.values();
  const rows = [...results].map(([{ name }, { loadMs, firstMs, totalMs, cpuMs }]) => [
    name,
    fixed(loadMs),
    fixed(firstMs),
    fixed(totalMs),
    fixed(cpuMs),
    ratio(ours?.totalMs ?? Number.NaN, totalMs),
    ratio(ours?.cpuMs ?? Number.NaN, cpuMs),
    ...(pathMs === undefined ? [] : [ratio(firstMs, pathMs)]),
  ]);
  const head = [
    '',
    'load ms',
    'first 202 ms',
    'total ms',
    'CPU ms',
    'ours to it',
    'ours to it, CPU',
    ...(pathMs === undefined ? [] : [`first to ${pathMs} ms`]),
  ];
  return `\n${bold(title)}\n${table(head, rows)}`;
}

function warmTable(results: ReadonlyMap<Contender, WarmResult>): string {
  const [ours] = results.values();
  return WARM_MODES.map(({ name }) => {
    const rows = [...results].map(([contender, modes]) => [
      contender.name,
      String(Math.round(modes[name]?.wallUs ?? Number.NaN)),
      String(Math.round(modes[name]?.cpuUs ?? Number.NaN)),
      ratio(ours?.[name]?.wallUs ?? Number.NaN, modes[name]?.wallUs),
      ratio(ours?.[name]?.cpuUs ?? Number.NaN, modes[name]?.cpuUs),
    ]);
    const head = ['', 'wall µs', 'CPU µs', 'ours to it', 'ours to it, CPU'];
    return `\n${bold(`Warm, per cancel: ${name}`)}\n${table(head, rows)}`;
  }).join('\n');
}

function sweepTable(results: readonly SweepResult[]): string {
  const percent = (part: number): string => `${(100 * part).toFixed(1)} %`;
  const rows = results.map((result) => [
    String(result.inFlight),
    String(result.deleted),
    String(result.requests),
    fixed(result.wallMs / 1_000),
    percent(result.shareOfIdeal),
    percent(result.floorShareOfIdeal),
    fixed(result.growthBytes / 1_048_576),
  ]);
  const head = ['in flight', 'deleted', 'requests', 's', 'of the ideal', 'bare undici', 'growth MiB'];
  return `\n${bold('Sweep: 10,000 tasks on 100 shares, 20 ms away')}\n${table(head, rows)}`;
}

function sizesTable(bundles: readonly Bundle[]): string {
  const kib = (bytes: number): string => (bytes / 1_024).toFixed(1);
  const rows = bundles.map(({ name, rawBytes, zippedBytes, sources }) => [
    name,
    kib(rawBytes),
    kib(zippedBytes),
    sources
      .slice(0, 6)
      .map((source) => `${source.name} ${kib(source.bytes)}`)
      .join(', '),
  ]);
  return `\n${bold('Bundles, in KiB')}\n${table(['', 'raw', 'zipped', 'filled by'], rows)}`;
}

bench().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
