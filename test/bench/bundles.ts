import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { build, type Metafile, type Plugin } from 'esbuild';
import deployed from '../../deploy/bundle/esbuild.cjs';

// nothing else in the benchmark knows where the functions are and how they are bundled
const FUNCTIONS = { http: 'handlers/http.ts', timer: 'handlers/timer.ts', chat: 'handlers/chat.ts' } as const;
export type FunctionName = keyof typeof FUNCTIONS;

export interface Bundle {
  readonly name: string;
  readonly file: string;
  readonly rawBytes: number;
  /** As in a zip file. */
  readonly zippedBytes: number;
  /** Where the raw bytes come from, largest first. */
  readonly sources: readonly { readonly name: string; readonly bytes: number }[];
}

/** Bundles a function of this project as it is deployed. */
export function bundleOurs(name: FunctionName, directory: string): Promise<Bundle> {
  return bundle(name, FUNCTIONS[name], directory, deployed().plugins);
}

/** Bundles another handler with the same options, but without what is done to this project's dependencies. */
export function bundleOther(name: string, entryPoint: string, directory: string): Promise<Bundle> {
  return bundle(name, entryPoint, directory, []);
}

async function bundle(
  name: string,
  entryPoint: string,
  directory: string,
  plugins: Plugin[] | undefined,
): Promise<Bundle> {
  // serverless-esbuild calls `exclude` what esbuild calls `external`
  const { exclude, plugins: _, ...options } = deployed();
  const file = join(directory, `${name}.js`);
  const { metafile } = await build({
    ...options,
    external: [...exclude],
    plugins: plugins ?? [],
    entryPoints: [entryPoint],
    outfile: file,
    metafile: true,
  });
  const bytes = readFileSync(file);
  return {
    name,
    file,
    rawBytes: bytes.length,
    zippedBytes: deflateRawSync(bytes, { level: 9 }).length,
    sources: sourcesOf(metafile, basename(file)),
  };
}

function sourcesOf({ outputs }: Metafile, file: string): Bundle['sources'] {
  const [, output] = Object.entries(outputs).find(([path]) => basename(path) === file) ?? [];
  const bytesByName = new Map<string, number>();
  for (const [path, { bytesInOutput }] of Object.entries(output?.inputs ?? {})) {
    const name = sourceOf(path);
    bytesByName.set(name, (bytesByName.get(name) ?? 0) + bytesInOutput);
  }
  const sources = [...bytesByName].map(([name, bytes]) => ({ name, bytes }));
  return sources.filter(({ bytes }) => bytes > 0).sort((one, other) => other.bytes - one.bytes);
}

/** The package that a file belongs to, with its folder where the package is undici, whose parts are told apart. */
function sourceOf(path: string): string {
  const [, inPackage] = /.*node_modules\/(.+)$/.exec(path) ?? [];
  if (inPackage === undefined) return 'this project';
  const [first = '', second = '', ...rest] = inPackage.split('/');
  const name = first.startsWith('@') ? `${first}/${second}` : first;
  return name === 'undici' ? ['undici', ...rest.slice(0, -1)].join('/') : name;
}
