import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import JSZip from 'jszip';
import { describe, expect, test } from 'vitest';
import { readZip } from './zip-reader.ts';

const { toFunctionGraphZip } = createRequire(import.meta.url)('../../../deploy/functiongraph/code.cjs') as {
  toFunctionGraphZip: (artifact: Buffer, handler: string) => Promise<Buffer>;
};

const FILES = { 'handlers/http.js': 'exports.handler = 1', 'handlers/größe.txt': 'ü'.repeat(999), 'lib/x.js': 'x' };
const JANUARY_1980 = 0x00210000;

function artifactOf(files: Readonly<Record<string, string>>, date = new Date()): Promise<Buffer> {
  const zip = new JSZip();
  for (const [name, text] of Object.entries(files)) zip.file(name, text, { date });
  return zip.generateAsync({ type: 'nodebuffer' });
}

test('the files of the handler are in the root, readable by others, at a fixed time', async () => {
  const zip = await toFunctionGraphZip(await artifactOf(FILES), 'handlers/http.handler');

  const attributes = { mode: 0o100644, dosTime: JANUARY_1980 };
  expect(readZip(zip).map(({ data, ...file }) => ({ ...file, text: data.toString() }))).toEqual(
    [
      { name: 'größe.txt', text: FILES['handlers/größe.txt'], ...attributes },
      { name: 'http.js', text: FILES['handlers/http.js'], ...attributes },
      { name: 'lib/x.js', text: FILES['lib/x.js'], ...attributes },
    ].toSorted((one, other) => (one.name < other.name ? -1 : 1)),
  );
});

test('the same files make the same bytes, whatever their order and age', async () => {
  const reversed = Object.fromEntries(Object.entries(FILES).toReversed());

  const zip = await toFunctionGraphZip(await artifactOf(FILES), 'handlers/http.handler');
  const again = await toFunctionGraphZip(
    await artifactOf(reversed, new Date(Date.UTC(2001, 1, 3))),
    'handlers/http.handler',
  );

  expect(again.equals(zip)).toBe(true);
});

test('the same files make the same bytes in every time zone', async () => {
  const artifact = (await artifactOf(FILES)).toString('base64');
  const program = `require('./deploy/functiongraph/code.cjs')
    .toFunctionGraphZip(Buffer.from(process.argv[1], 'base64'), 'handlers/http.handler')
    .then((zip) => process.stdout.write(zip.toString('base64')))`;

  const zips = ['UTC', 'Asia/Shanghai', 'America/Los_Angeles'].map(
    (TZ) => spawnSync(process.execPath, ['-e', program, artifact], { env: { TZ }, encoding: 'utf8' }).stdout,
  );

  expect(zips[0]).toMatch(/^UEsDB/);
  expect(new Set(zips).size).toBe(1);
});

describe('an artifact that cannot be deployed', () => {
  test.each([
    {
      what: 'the file of the handler is missing',
      files: { 'handlers/timer.js': '' },
      reason: 'it does not hold handlers/http.js',
    },
    {
      what: 'two files of one name in the root',
      files: { 'handlers/http.js': '', 'handlers/a.js': '', 'a.js': '' },
      reason: 'a file in handlers/ has the name of one in the root',
    },
  ])('is refused: $what', async ({ files, reason }) => {
    await expect(toFunctionGraphZip(await artifactOf({ ...files }), 'handlers/http.handler')).rejects.toThrow(reason);
  });

  test('is refused when it is no zip file', async () => {
    const zipping = toFunctionGraphZip(Buffer.from('no zip'), 'handlers/http.handler');

    await expect(zipping).rejects.toThrow('it cannot be read as a zip file');
  });

  test('is refused when a file in it is damaged', async () => {
    const artifact = await artifactOf(FILES);
    const at = artifact.indexOf('exports.handler');
    artifact.writeUInt8(0, at);

    const zipping = toFunctionGraphZip(artifact, 'handlers/http.handler');

    await expect(zipping).rejects.toThrow('it cannot be read as a zip file (Corrupted zip : CRC32 mismatch)');
  });
});
