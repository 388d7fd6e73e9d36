import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { esbuildOptions, slim } from '../../../deploy/bundle/esbuild.cjs';

const folder = mkdtempSync(join(tmpdir(), 'du-bundle-'));
const requireBundle = createRequire(join(folder, 'x.js'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bundleOf(name: string, contents: string): Promise<BuildResult> {
  return build({
    ...esbuildOptions,
    plugins: [slim],
    stdin: { contents, resolveDir: process.cwd(), sourcefile: `${name}.js` },
    outfile: join(folder, `${name}.js`),
    metafile: true,
    logLevel: 'silent',
  });
}

/** The bytes that each file adds to the bundle, by its path. */
function bytesByFile({ metafile }: BuildResult): ReadonlyMap<string, number> {
  const [output] = Object.values(metafile?.outputs ?? {});
  return new Map(Object.entries(output?.inputs ?? {}).map(([file, { bytesInOutput }]) => [file, bytesInOutput]));
}

test.each(['http', 'timer', 'chat'])(
  'the bundle of %s has the pool and the connector of undici, not its index',
  async (name) => {
    const bytes = bytesByFile(await bundleOf(name, `module.exports = require('./handlers/${name}.ts')`));

    expect(bytes.get('node_modules/undici/lib/dispatcher/pool.js')).toBeGreaterThan(0);
    expect(bytes.get('node_modules/undici/lib/core/connect.js')).toBeGreaterThan(0);
    expect([...bytes.keys()]).not.toContain('node_modules/undici/index.js');
    expect([...bytes.keys()]).not.toContain('node_modules/undici/lib/web/fetch/index.js');
  },
);

test('what stands in for undici is what undici exports', async () => {
  const parts: Readonly<Record<string, unknown>> = await import(resolve('deploy/bundle/undici.mjs'));
  const { Pool, buildConnector } = await import('undici');

  expect({ ...parts }).toEqual({ Pool, buildConnector });
});

test('an import of anything else from undici fails when the bundle is made', async () => {
  const bundling = bundleOf('fetch', "import { fetch } from 'undici'; export const use = fetch;");

  await expect(bundling).rejects.toThrow('No matching export in "deploy/bundle/undici.mjs" for import "fetch"');
});

test.each(['http', 'timer', 'chat'])('the bundle of %s loads no streams of the web', async (name) => {
  await bundleOf(`${name}-streams`, `module.exports = require('./handlers/${name}.ts')`);

  const text = readFileSync(join(folder, `${name}-streams.js`), 'utf8');
  const required = [...text.matchAll(/\brequire\("(node:stream[^"]*)"\)/g)].map(([, module]) => module);

  expect(required).toContain('node:stream');
  expect(required).not.toContain('node:stream/web');
});

test.each([
  { name: 'http', not: ['lib/chat/', 'lib/check/'] },
  { name: 'timer', not: ['lib/chat/', 'handlers/middleware/router.ts', 'lib/tasks/cancel-many.ts'] },
  { name: 'chat', not: ['lib/reports/', 'lib/check/', 'handlers/requests/caller-key.ts'] },
])('the bundle of $name has nothing of $not', async ({ name, not }) => {
  const bytes = bytesByFile(await bundleOf(`${name}-own`, `module.exports = require('./handlers/${name}.ts')`));

  const foreign = [...bytes].filter(([file, count]) => count > 0 && not.some((part) => file.startsWith(part)));

  expect(foreign).toEqual([]);
});

describe('a module that is left out', () => {
  test.each([
    { part: 'HTTP/2', file: 'lib/dispatcher/client-h2.js', call: '()' },
    { part: 'the HTTP parser for processors without SIMD', file: 'lib/llhttp/llhttp-wasm.js', call: '' },
    { part: 'bodies that are forms or streams of the web', file: 'lib/web/fetch/body.js', call: '' },
  ])('throws when it is used: $part', async ({ part, file, call }) => {
    await bundleOf('used', `exports.use = () => require('undici/${file}')${call};`);

    const { use } = requireBundle('./used.js');
    // a second bundle of the same name must not be taken for this one
    Reflect.deleteProperty(requireBundle.cache, requireBundle.resolve('./used.js'));

    expect(use).toThrow(`left out of the bundle: ${part}`);
  });

  // an undici that moves these modules would bring them back unnoticed
  test('adds next to nothing to the bundle of http, which still loads it', async () => {
    const bytes = bytesByFile(await bundleOf('left-out', "module.exports = require('./handlers/http.ts')"));

    for (const file of ['lib/dispatcher/client-h2.js', 'lib/llhttp/llhttp-wasm.js', 'lib/web/fetch/body.js']) {
      expect(bytes.get(`node_modules/undici/${file}`), file).toBeGreaterThan(0);
      expect(bytes.get(`node_modules/undici/${file}`), file).toBeLessThan(200);
    }
  });
});
