import { table } from '../cloud/print.ts';
import { type Bundle, bundleOurs } from './bundles.ts';
import type { Section } from './figures.ts';
import type { Setting } from './setting.ts';

const SOURCES_SHOWN = 6;

export async function measureSizes({ contenders, directory }: Setting): Promise<Section> {
  const others = await Promise.all([bundleOurs('timer', directory), bundleOurs('chat', directory)]);
  const bundles = [
    ...contenders.map(({ name, bundle }) => ({ ...bundle, name: name === 'ours' ? 'ours: http' : name })),
    ...others.map((bundle) => ({ ...bundle, name: `ours: ${bundle.name}` })),
  ];
  return {
    title: 'Bundles, in KiB',
    how: 'The JavaScript that is deployed, and what it takes in a zip file.',
    tables: [sizesTable(bundles)],
    summary: [],
    targets: [],
    data: bundles.map(({ name, rawBytes, zippedBytes, sources }) => ({ name, rawBytes, zippedBytes, sources })),
  };
}

function sizesTable(bundles: readonly Bundle[]): string {
  const kib = (bytes: number): string => (bytes / 1_024).toFixed(1);
  const rows = bundles.map(({ name, rawBytes, zippedBytes, sources }) => {
    const largest = sources.slice(0, SOURCES_SHOWN).map((source) => `${source.name} ${kib(source.bytes)}`);
    return [name, kib(rawBytes), kib(zippedBytes), largest.join(', ')];
  });
  return table(['', 'raw', 'zipped', 'filled by'], rows);
}
