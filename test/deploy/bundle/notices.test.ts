import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { build, type Plugin } from 'esbuild';
import { expect, onTestFinished, test } from 'vitest';

const { notices }: { notices: Plugin } = createRequire(import.meta.url)('../../../deploy/bundle/notices.cjs');

const USED = {
  'node_modules/@a/used/package.json': '{"name":"@a/used","version":"1.2.3","license":"MIT"}',
  'node_modules/@a/used/index.js': 'exports.word = "used";',
} as const;
const ENTRY = { 'handlers/http.js': "console.log(require('@a/used').word);" } as const;

/** Bundles a project of these files, and returns the notices beside the bundle. */
async function noticesOf(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'du-notices-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
  await build({
    absWorkingDir: folder,
    entryPoints: ['handlers/http.js'],
    outdir: 'out',
    bundle: true,
    treeShaking: true,
    plugins: [notices],
    logLevel: 'silent',
  });
  return readFileSync(join(folder, 'out/http.notices.txt'), 'utf8');
}

test('the notices hold every text of a package, and name its version', async () => {
  const texts = { 'node_modules/@a/used/LICENSE': 'do as you like\n', 'node_modules/@a/used/NOTICE.txt': 'by A\n' };

  const text = await noticesOf({ ...ENTRY, ...USED, ...texts });

  expect(text).toBe('@a/used 1.2.3 (MIT)\n\ndo as you like\n\nby A\n');
});

test('a package that is imported and leaves no code in the bundle is not named', async () => {
  const entry = "import 'unused'; console.log(require('@a/used').word);";
  const unused = {
    'node_modules/unused/package.json': '{"name":"unused","version":"1.0.0","sideEffects":false}',
    'node_modules/unused/index.js': 'export const word = "unused";',
  };

  const text = await noticesOf({
    ...USED,
    'node_modules/@a/used/license': 'yes',
    ...unused,
    'handlers/http.js': entry,
  });

  expect(text).toBe('@a/used 1.2.3 (MIT)\n\nyes\n');
});

test('a package without the text of its licence fails the build', async () => {
  const bundling = noticesOf({ ...ENTRY, ...USED });

  await expect(bundling).rejects.toThrow('@a/used has no file with the text of its licence (MIT)');
});
