// @ts-check
'use strict';

const JSZip = require('jszip');

// limits of code that is sent with the request: "Notes and Constraints", FunctionGraph service overview
const MAX_CODE_BYTES = 50 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 1500 * 1024 * 1024;

// The earliest time that a zip can hold. jszip writes the UTC fields of a date, so the time zone does not matter.
const ZIP_EPOCH = new Date(Date.UTC(1980, 0, 1));
const REGULAR_FILE_0644 = 0o100644;

/** @typedef {{ readonly name: string, readonly data: Buffer }} CodeFile */

/**
 * The packaged artifact as FunctionGraph takes it: the handler's file is in the root of the zip ("Developing
 * Functions"). AWS Lambda also finds it in a directory.
 *
 * @param {Buffer} artifact zip
 * @param {string} handler as in serverless.yml, e.g. `handlers/http.handler`
 * @returns {Promise<Buffer>} zip; the same bytes for the same files, because FunctionGraph compares bytes to see
 *   whether the code has changed
 * @throws {Error} when the artifact cannot be read, does not hold the handler, or is too large
 */
async function toFunctionGraphZip(artifact, handler) {
  const source = `${handler.slice(0, handler.lastIndexOf('.'))}.js`;
  const directory = source.slice(0, source.lastIndexOf('/') + 1);
  const files = (await readFiles(artifact)).map(({ name, data }) => ({
    name: name.startsWith(directory) ? name.slice(directory.length) : name,
    data,
  }));
  assertComplete(files, source, directory);

  const zip = await writeZip(files);
  const base64Bytes = Math.ceil(zip.length / 3) * 4;
  if (base64Bytes > MAX_CODE_BYTES) throw new Error(`it has ${base64Bytes} bytes in base64, more than 50 MiB`);
  return zip;
}

/**
 * @param {Buffer} artifact
 * @returns {Promise<CodeFile[]>} without directories
 */
async function readFiles(artifact) {
  const zip = await JSZip.loadAsync(artifact, { checkCRC32: true }).catch((/** @type {Error} */ { message }) => {
    throw new Error(`it cannot be read as a zip file (${message})`);
  });
  const entries = Object.values(zip.files).filter(({ dir }) => !dir);
  return Promise.all(entries.map(async (entry) => ({ name: entry.name, data: await entry.async('nodebuffer') })));
}

/**
 * @param {readonly CodeFile[]} files
 * @param {string} source path of the handler's file in the artifact
 * @param {string} directory
 */
function assertComplete(files, source, directory) {
  const names = new Set(files.map(({ name }) => name));
  if (names.size < files.length) throw new Error(`a file in ${directory} has the name of one in the root`);
  if (!names.has(source.slice(directory.length))) throw new Error(`it does not hold ${source}`);
  const unpackedBytes = files.reduce((sum, { data }) => sum + data.length, 0);
  if (unpackedBytes > MAX_UNPACKED_BYTES) throw new Error(`it unpacks to ${unpackedBytes} bytes, more than 1500 MiB`);
}

/** @param {readonly CodeFile[]} files */
function writeZip(files) {
  const zip = new JSZip();
  for (const { name, data } of files.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    zip.file(name, data, { date: ZIP_EPOCH, unixPermissions: REGULAR_FILE_0644, createFolders: false });
  }
  return zip.generateAsync({
    type: 'nodebuffer',
    platform: 'UNIX',
    compression: 'DEFLATE',
    compressionOptions: { level: 9 },
  });
}

module.exports = { toFunctionGraphZip };
