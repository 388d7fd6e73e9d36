import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bold, dim, table } from '../cloud/print.ts';
import { CONTENDERS } from './contenders.ts';
import { ratioTable, type Section } from './figures.ts';
import type { Options } from './options.ts';
import { targetTable } from './targets.ts';

type Versions = Readonly<Record<string, string>>;

/** The machine, the versions, the network and the contenders: what a reader needs to judge the figures. */
export function header({ roundTripMs, tls }: Options, { node, ...packages }: Versions): string {
  const network = tls
    ? 'TLS 1.3 with a certificate made for this run, trusted through NODE_EXTRA_CA_CERTS'
    : 'Plain HTTP';
  const delay =
    `where there is a round trip, a relay delays every chunk by ${roundTripMs / 2} ms each way, handshakes included, ` +
    'and the first of a connection by a round trip more, since on loopback TCP connects at once; bandwidth is not limited';
  const names = Object.entries(packages).map((each) => each.join(' '));
  return [
    bold(`Node ${node} on ${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`),
    dim(names.join(', ')),
    dim(`${network}; ${delay}. The services and the network run in a process of their own.`),
    '',
    table(['contender', 'what it is'], Object.entries(CONTENDERS)),
  ].join('\n');
}

export function printed({ title, how, tables }: Section): string {
  return ['', bold(title), dim(how), ...tables].join('\n');
}

/** The ratios of all parts, then the targets; empty where no part has any. */
export function summary(sections: readonly Section[]): string {
  const figures = sections.flatMap((section) => section.summary);
  const targets = sections.flatMap((section) => section.targets);
  const ratios = ['', bold('Summary: ours divided by theirs, below 1 ours is better'), ratioTable(figures)];
  const wanted = ['', bold('Targets'), targetTable(targets)];
  return [...(figures.length > 0 ? ratios : []), ...(targets.length > 0 ? wanted : [])].join('\n');
}

/** Of Node and of what the contenders are made of. */
export async function readVersions(): Promise<Versions> {
  const packages = ['undici', '@middy/core', '@huaweicloud/huaweicloud-sdk-core'];
  const versions: Record<string, string> = { node: process.versions.node };
  for (const name of packages) {
    versions[name] = JSON.parse(await readFile(join('node_modules', name, 'package.json'), 'utf8')).version;
  }
  return versions;
}
