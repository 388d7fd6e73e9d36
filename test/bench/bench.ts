import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bold, dim, say, table } from '../cloud/print.ts';
import { measureApart } from './apart.ts';
import type { CloudFacts } from './cloud-process.ts';
import { measureCold, measureFirst } from './cold.ts';
import { bundleContenders, CONTENDERS } from './contenders.ts';
import { type Figure, ratioTable, type Section } from './figures.ts';
import { startWorker } from './processes.ts';
import { bundlePrograms } from './programs.ts';
import type { Setting } from './setting.ts';
import { measureSizes } from './sizes.ts';
import { measureSweep } from './sweep.ts';
import { measureWarm } from './warm.ts';

type Measure = (setting: Setting) => Promise<Section>;
const SECTIONS: ReadonlyMap<string, Measure> = new Map<string, Measure>([
  ['cold', measureCold],
  ['first', measureFirst],
  ['warm', measureWarm],
  ['apart', measureApart],
  ['sweep', measureSweep],
  ['sizes', measureSizes],
]);
const ROUND_TRIP_MS = 50;
const USAGE = `npm run bench -- [options]

  --only SECTION     one of ${[...SECTIONS.keys()].join(', ')}; may be given several times (default: all)
  --rounds N         of cold, first and warm (default: 9)
  --round-trip MS    of the network (default: ${ROUND_TRIP_MS}; with --plain: 0)
  --plain            HTTP in place of TLS
  --json             every figure as JSON, and nothing else`;

interface Options {
  readonly measures: readonly (readonly [string, Measure])[];
  readonly rounds: number;
  readonly roundTripMs: number;
  readonly tls: boolean;
  readonly json: boolean;
}

/** Absent when the arguments are not as in {@link USAGE}. */
function readOptions(): Options | undefined {
  const { values: args } = parseArgs({
    options: {
      only: { type: 'string', multiple: true, default: [...SECTIONS.keys()] },
      rounds: { type: 'string', default: '9' },
      'round-trip': { type: 'string' },
      plain: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { only, plain, json } = args;
  const rounds = Number(args.rounds);
  const roundTripMs = Number(args['round-trip'] ?? (plain ? 0 : ROUND_TRIP_MS));
  const known = only.every((name) => SECTIONS.has(name));
  if (!known || !Number.isInteger(rounds) || rounds < 1 || !Number.isFinite(roundTripMs) || roundTripMs < 0)
    return undefined;
  // without a delay the first call is what cold measures
  const wanted = only.filter((name) => name !== 'first' || roundTripMs > 0);
  const measures = [...SECTIONS].filter(([name]) => wanted.includes(name));
  return { measures, rounds, roundTripMs, tls: !plain, json };
}

/** `npm run bench`: everything in one run on one machine, side by side. */
async function bench(options: Options): Promise<void> {
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
    const sections: [string, Section][] = [];
    for (const [name, measure] of options.measures) {
      const section = await measure(setting);
      sections.push([name, section]);
      print(`\n${bold(section.title)}\n${dim(section.how)}\n${section.tables.join('\n')}`);
    }
    print(summary(sections.flatMap(([, section]) => section.summary)));
    const { rounds, roundTripMs, tls } = options;
    const found = Object.fromEntries(sections.map(([name, { data }]) => [name, data]));
    if (options.json)
      say(JSON.stringify({ versions, cpus: cpus().length, rounds, roundTripMs, tls, ...found }, null, 2));
  } finally {
    cloud.stop();
    await rm(directory, { recursive: true });
  }
}

function header({ roundTripMs, tls }: Options, versions: Readonly<Record<string, string>>): string {
  const { node, ...packages } = versions;
  const network = tls
    ? 'TLS 1.3 with a certificate made for this run, trusted through NODE_EXTRA_CA_CERTS'
    : 'Plain HTTP';
  const delay =
    roundTripMs === 0
      ? 'without delay'
      : `a relay delays every chunk by ${roundTripMs / 2} ms each way, handshakes included, and the first of a connection by a round trip more, since on loopback TCP connects at once; bandwidth is not limited`;
  return [
    bold(`Node ${node} on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`),
    dim(
      Object.entries(packages)
        .map((each) => each.join(' '))
        .join(', '),
    ),
    dim(`${network}; ${delay}. The services and the network run in a process of their own.`),
    '',
    table(['contender', 'what it is'], Object.entries(CONTENDERS)),
  ].join('\n');
}

function summary(figures: readonly Figure[]): string {
  return figures.length === 0
    ? ''
    : `\n${bold('Summary: ours divided by theirs, below 1 ours is better')}\n${ratioTable(figures)}`;
}

async function readVersions(): Promise<Record<string, string>> {
  const packages = ['undici', '@middy/core', '@huaweicloud/huaweicloud-sdk-core'];
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of packages) {
    versions[name] = JSON.parse(await readFile(join('node_modules', name, 'package.json'), 'utf8')).version;
  }
  return versions;
}

async function main(): Promise<void> {
  const options = readOptions();
  if (options !== undefined) return bench(options);
  console.error(USAGE);
  process.exitCode = 1;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
