import { crc32, inflateRawSync } from 'node:zlib';

const CENTRAL_HEADER = 0x02014b50;
const END_OF_CENTRAL_DIRECTORY = Buffer.from('PK\x05\x06', 'latin1');
const DEFLATED = 8;

export interface ZipFile {
  readonly name: string;
  /** Of Unix: type and permissions. */
  readonly mode: number;
  /** As in MS-DOS: date in the upper half, time in the lower. */
  readonly dosTime: number;
  readonly data: Buffer;
}

/**
 * The files of a zip, read without the library that wrote it.
 *
 * @see {@link https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT} sections 4.3.7, 4.3.12 and 4.3.16
 */
export function readZip(zip: Buffer): readonly ZipFile[] {
  const end = zip.lastIndexOf(END_OF_CENTRAL_DIRECTORY);
  const files: ZipFile[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    if (zip.readUInt32LE(at) !== CENTRAL_HEADER) throw new Error('the central directory is damaged');
    const nameBytes = zip.readUInt16LE(at + 28);
    const name = zip.toString('utf8', at + 46, at + 46 + nameBytes);
    files.push({
      name,
      mode: zip.readUInt32LE(at + 38) >>> 16,
      dosTime: zip.readUInt32LE(at + 12),
      data: readData(zip, at, name),
    });
    at += 46 + nameBytes + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return files;
}

function readData(zip: Buffer, central: number, name: string): Buffer {
  if (zip.readUInt16LE(central + 10) !== DEFLATED) throw new Error(`${name} is not deflated`);
  const local = zip.readUInt32LE(central + 42);
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const data = inflateRawSync(zip.subarray(start, start + zip.readUInt32LE(central + 20)));
  if (crc32(data) !== zip.readUInt32LE(central + 16)) throw new Error(`${name} is damaged`);
  return data;
}
