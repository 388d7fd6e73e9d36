// @ts-check
'use strict';

const { readZip, writeZip } = require('./zip.cjs');

/** Limits of code that is sent with the request: "Notes and Constraints", FunctionGraph service overview. */
const MAX_CODE_BYTES = 50 * 1024 * 1024;
const MAX_UNPACKED_BYTES = 1500 * 1024 * 1024;

/**
 * The packaged artifact as FunctionGraph wants it: the handler's file in the root of the zip ("Developing Functions"),
 * where AWS Lambda takes it from its directory as well.
 *
 * @param {Buffer} artifact
 * @param {string} handler as in serverless.yml, e.g. `handlers/http.handler`
 * @returns {{ zip: Buffer, files: number }}
 * @throws {Error} when the artifact cannot be read, holds no such handler or is too large
 */
function toFunctionGraphZip(artifact, handler) {
  const source = `${handler.slice(0, handler.lastIndexOf('.'))}.js`;
  const directory = source.slice(0, source.lastIndexOf('/') + 1);
  const entries = readZip(artifact).map(({ name, data }) => ({
    name: name.startsWith(directory) ? name.slice(directory.length) : name,
    data,
  }));

  const names = new Set(entries.map(({ name }) => name));
  if (names.size < entries.length) throw new Error(`files of ${directory} and of the root have the same name`);
  if (!names.has(source.slice(directory.length))) throw new Error(`it holds no ${source}`);
  const unpackedBytes = entries.reduce((sum, { data }) => sum + data.length, 0);
  if (unpackedBytes > MAX_UNPACKED_BYTES) throw new Error(`it unpacks to ${unpackedBytes} bytes, more than 1500 MiB`);
  const zip = writeZip(entries);
  const base64Bytes = Math.ceil(zip.length / 3) * 4;
  if (base64Bytes > MAX_CODE_BYTES) throw new Error(`it has ${base64Bytes} bytes in base64, more than 50 MiB`);
  return { zip, files: entries.length };
}

module.exports = { toFunctionGraphZip };
