import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { esbuildOptions, slim } from '../../../deploy/bundle/esbuild.cjs';

const folder = mkdtempSync(join(tmpdir(), 'du-slim-'));
const requireBundle = createRequire(join(folder, 'x.js'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function bundleOf(name: string, contents: string, resolveDir = process.cwd()): Promise<BuildResult> {
  const stdin = { contents, resolveDir, sourcefile: `${name}.js` };
  return build({
    ...esbuildOptions,
    plugins: [slim()],
    stdin,
    outfile: join(folder, `${name}.js`),
    logLevel: 'silent',
  });
}

/** A folder with a package of these files in it. */
function withPackage(name: string, files: Readonly<Record<string, string>>): string {
  const root = mkdtempSync(join(folder, 'packages-'));
  for (const [path, contents] of Object.entries({ 'package.json': '{}', ...files })) {
    const file = join(root, 'node_modules', name, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, contents);
  }
  return root;
}

test('the functions bundle to the end with every part in its place', async () => {
  const result = await bundleOf('http', "module.exports = require('./handlers/http.ts')");

  const inputs = Object.keys(result.metafile?.inputs ?? {});
  expect(inputs).toContain('node_modules/undici/lib/dispatcher/client-h2.js');
  expect(inputs).toContain('slim:undici:node:assert');
  expect(inputs).not.toContain('node_modules/undici/lib/web/fetch/util.js');
});

describe('a part that was left out', () => {
  // the pool is loaded beside it, so that the parts are all there
  const pool = "require('undici/lib/dispatcher/pool.js');";

  test.each([
    { part: 'HTTP/2', use: "require('undici/lib/dispatcher/client-h2.js')()" },
    { part: 'the HTTP parser without SIMD', use: "require('undici/lib/llhttp/llhttp-wasm.js')" },
    { part: "pino's redaction", use: "require('@pinojs/redact')()" },
    { part: 'bodies but strings', use: "require('undici/lib/web/fetch/body.js').extractBody({})" },
  ])('throws when it is used: $part', async ({ part, use }) => {
    const name = part.replace(/\W/g, '-');
    await bundleOf(name, `${pool} exports.use = () => ${use};`);

    const { use: called } = requireBundle(`./${name}.js`);

    expect(called).toThrow(`left out of the bundle: ${part}`);
  });
});

test("undici's assertions fail as Node's own do", async () => {
  const parts = ['dispatcher/client-h2', 'llhttp/llhttp-wasm', 'llhttp/constants', 'web/fetch/body'];
  const files = {
    ...Object.fromEntries(parts.map((part) => [`lib/${part}.js`, ''])),
    'lib/core/util.js': readFileSync('node_modules/undici/lib/core/util.js', 'utf8').replace(
      /require\('\.[^)]*\)/g,
      '{}',
    ),
  };
  const loads = [...parts, 'core/util'].map((part) => `() => require('./lib/${part}.js')`);
  const root = withPackage('undici', {
    ...files,
    'index.js': `exports.check = require('node:assert'); require('node:http'); [${loads}];`,
  });
  await bundleOf('asserts', "module.exports = require('undici')", root);

  const { check } = requireBundle('./asserts.js');

  expect(() => check(true)).not.toThrow();
  expect(() => check(0, 'no value')).toThrow(expect.objectContaining({ code: 'ERR_ASSERTION', message: 'no value' }));
});

test("the parser's constants that undici reads, worked out when the bundle is made, are those that it works out", async () => {
  await bundleOf(
    'constants',
    "require('undici/lib/dispatcher/pool.js'); module.exports = require('undici/lib/llhttp/constants.js');",
  );

  const constants = requireBundle('./constants.js');

  const { ERROR, TYPE } = createRequire(import.meta.url)('undici/lib/llhttp/constants.js');
  expect(constants).toEqual({ ERROR, TYPE });
  const readBy = readFileSync('node_modules/undici/lib/dispatcher/client-h1.js', 'utf8');
  const read = [...readBy.matchAll(/\bconstants\.([A-Z]+)/g)].map(([, name]) => name);
  expect([...new Set(read)].sort()).toEqual(Object.keys(constants));
});

test('node:crypto is loaded when it is first needed, and has all that is imported from it', async () => {
  const sources = ['lib', 'lib/chat', 'handlers', 'handlers/middleware'].flatMap((directory) =>
    readdirSync(directory)
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(directory, name), 'utf8')),
  );
  const names = sources
    .flatMap((source) => [...source.matchAll(/import \{ ([^}]+) \} from 'node:crypto'/g)])
    .flatMap(([, list = '']) => list.split(', '));
  const imported = [...new Set(names)].sort();
  await bundleOf(
    'crypto',
    `const crypto = require('node:crypto'); exports.names = Object.keys(crypto); exports.use = () => [${imported.map((name) => `crypto.${name}`)}]`,
  );
  const loaded: string[] = [];
  const load = Module.prototype.require;
  onTestFinished(() => {
    Module.prototype.require = load;
  });
  Module.prototype.require = function (id: string) {
    loaded.push(id);
    return load.call(this, id);
  };

  const bundle = requireBundle('./crypto.js');
  const before = [...loaded];
  const used = bundle.use();

  expect(before).not.toContain('node:crypto');
  expect(loaded.filter((id) => id === 'node:crypto')).toHaveLength(1);
  expect(bundle.names.toSorted()).toEqual(imported);
  expect(used.every((member: unknown) => typeof member === 'function')).toBe(true);
});

test('a long header value is found valid or not as undici does, whatever came before it', async () => {
  await bundleOf(
    'header-values',
    "require('undici/lib/dispatcher/pool.js'); module.exports = require('undici/lib/core/util.js')",
  );

  const { isValidHeaderValue } = requireBundle('./header-values.js');
  const token = 'x'.repeat(9_000);
  const values = [
    token,
    token,
    `${token}\n`,
    `${token}\n`,
    token,
    `\r${token}`,
    'short',
    'sh\nort',
    token,
    `${token}ü`,
    `${token}中`,
  ];

  expect(values.map((value) => isValidHeaderValue(value))).toEqual([
    true,
    true,
    false,
    false,
    true,
    false,
    true,
    false,
    true,
    true,
    false,
  ]);
});

test('a bundle is refused when undici no longer has the line that is replaced', async () => {
  const root = withPackage('undici', { 'index.js': "require('./lib/core/util.js')", 'lib/core/util.js': '' });

  const bundling = bundleOf('changed', "require('undici')", root);

  await expect(bundling).rejects.toThrow('undici has no "return !headerCharRegex.test(characters)" any more');
});

test.each([
  { name: 'undici', files: { 'index.js': '' }, missing: 'lib/dispatcher/client-h2.js' },
  { name: '@middy/core', files: { 'index.js': '' }, missing: 'node:stream/web' },
])('a bundle is refused when $name no longer has what was left out', async ({ name, files, missing }) => {
  const root = withPackage(name, files);

  const bundling = bundleOf('changed', `require('${name}')`, root);

  await expect(bundling).rejects.toThrow(`${name} has no ${missing} any more`);
});

test('a bundle without the packages is let through', async () => {
  await expect(bundleOf('plain', 'module.exports = 1')).resolves.toBeDefined();
});
