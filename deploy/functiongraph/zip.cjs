// @ts-check
'use strict';

const { crc32, deflateRawSync, inflateRawSync } = require('node:zlib');

/**
 * Zip files as FunctionGraph takes them: read from the packaged artifact, written byte for byte the same for the same
 * files, because FunctionGraph compares the bytes to find out whether the code has changed.
 *
 * @see {@link https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT} sections 4.3.7, 4.3.12 and 4.3.16
 *
 * @typedef {{ readonly name: string, readonly data: Buffer }} ZipEntry
 */

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_CENTRAL_DIRECTORY = 0x06054b50;
const LOCAL_HEADER_BYTES = 30;
const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const MAX_COMMENT_BYTES = 0xffff;

const STORED = 0;
const DEFLATED = 8;
const UTF8_NAME = 0x0800;
// 1 January 1980, 00:00: the earliest time a zip can hold, and always the same one
const DOS_DATE = 0x0021;
const DOS_TIME = 0;
const MADE_BY_UNIX = 0x0314;
const REGULAR_FILE_0644 = 0o100644 * 0x10000;

/**
 * The files of a zip, directories left out.
 *
 * @param {Buffer} zip
 * @returns {ZipEntry[]}
 * @throws {Error} when it is no zip, is damaged, encrypted or compressed in another way than Deflate
 */
function readZip(zip) {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0 || end < zip.length - END_BYTES - MAX_COMMENT_BYTES) throw new Error('it is not a zip file');

  /** @type {ZipEntry[]} */
  const entries = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error('its directory is damaged');
    const method = zip.readUInt16LE(at + 10);
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + CENTRAL_HEADER_BYTES, at + CENTRAL_HEADER_BYTES + nameBytes);
    if (!name.endsWith('/')) {
      // the lengths of a local header may be 0 (streamed zips), so only its variable part is looked at
      const local = zip.readUInt32LE(at + 42);
      const start = local + LOCAL_HEADER_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
      const packed = zip.subarray(start, start + zip.readUInt32LE(at + 20));
      if (method !== STORED && method !== DEFLATED) throw new Error(`${name} is compressed by method ${method}`);
      const data = method === STORED ? packed : inflateRawSync(packed);
      if (crc32(data) !== zip.readUInt32LE(at + 16)) throw new Error(`${name} is damaged or encrypted`);
      entries.push({ name, data });
    }
    at += CENTRAL_HEADER_BYTES + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

/**
 * @param {readonly ZipEntry[]} entries
 * @returns {Buffer} the same bytes for the same files, whatever their order and age
 */
function writeZip(entries) {
  /** @type {Buffer[]} */
  const files = [];
  /** @type {Buffer[]} */
  const directory = [];
  let offset = 0;
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  for (const { name, data } of sorted) {
    const nameBytes = Buffer.from(name);
    const packed = deflateRawSync(data, { level: 9 });

    // the 26 bytes that a local header and its directory entry have in common
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(UTF8_NAME, 2);
    common.writeUInt16LE(DEFLATED, 4);
    common.writeUInt16LE(DOS_TIME, 6);
    common.writeUInt16LE(DOS_DATE, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(nameBytes.length, 22);

    const local = Buffer.alloc(4);
    local.writeUInt32LE(LOCAL_HEADER, 0);
    files.push(local, common, nameBytes, packed);

    const before = Buffer.alloc(6);
    before.writeUInt32LE(CENTRAL_HEADER, 0);
    before.writeUInt16LE(MADE_BY_UNIX, 4);
    const after = Buffer.alloc(14);
    after.writeUInt32LE(REGULAR_FILE_0644, 6);
    after.writeUInt32LE(offset, 10);
    directory.push(before, common, after, nameBytes);

    offset += local.length + common.length + nameBytes.length + packed.length;
  }

  const directoryBytes = Buffer.concat(directory);
  const end = Buffer.alloc(END_BYTES);
  end.writeUInt32LE(END_OF_CENTRAL_DIRECTORY, 0);
  end.writeUInt16LE(sorted.length, 8);
  end.writeUInt16LE(sorted.length, 10);
  end.writeUInt32LE(directoryBytes.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...files, directoryBytes, end]);
}

module.exports = { readZip, writeZip };
