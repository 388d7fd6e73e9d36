import type { Socket } from 'node:net';

/** As long as `HTTP/1.1 100`. */
const STATUS_LENGTH = 12;
const INTERIM = /^HTTP\/1\.\d 1\d\d$/;
const DESTROYS_CONNECTION = /10[01]$/;
const CR = 13;
const LF = 10;
const TWO = 50;
const HEAD_END = [CR, LF, CR, LF] as const;

/**
 * Lets undici skip every interim answer. It skips 102 and 103, but on 100 or 101 that nobody asked for it destroys the
 * connection, and that looks like a reset. A client must be able to read any number of interim answers, asked for or not.
 *
 * So in the head of a 100 or 101 the last digit is made a 2 before undici reads it. Nothing is left out or held back, and the
 * form of each head is still for undici's parser to judge. The socket must carry one request at a time.
 *
 * @see https://www.rfc-editor.org/rfc/rfc9110#section-15.2
 */
export function skipInterim(socket: Socket): Socket {
  const read = socket.read.bind(socket);
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isAnswerProper: ((chunk: Buffer) => boolean) | undefined;

  socket.write = (...args: unknown[]) => {
    isAnswerProper = createScan();
    return write(...args);
  };
  socket.read = (size) => {
    const chunk: unknown = read(size);
    if (chunk instanceof Buffer && isAnswerProper?.(chunk)) isAnswerProper = undefined;
    return chunk;
  };
  return socket;
}

/** Takes the bytes of an answer one chunk after another, until it says that the head of the answer proper has begun. */
function createScan(): (chunk: Buffer) => boolean {
  let start = '';
  let endBytes = 0;

  function takeStatus(chunk: Buffer, index: number, byte: number): boolean {
    // the parser skips blank lines before a head
    if (start === '' && (byte === CR || byte === LF)) return false;
    start += String.fromCharCode(byte);
    if (start.length < STATUS_LENGTH) return false;
    if (DESTROYS_CONNECTION.test(start) && INTERIM.test(start)) chunk[index] = TWO;
    return !INTERIM.test(start);
  }

  function takeRest(byte: number): void {
    if (byte === HEAD_END[endBytes]) endBytes += 1;
    else endBytes = byte === CR ? 1 : 0;
    if (endBytes < HEAD_END.length) return;
    start = '';
    endBytes = 0;
  }

  return (chunk) => {
    for (const [index, byte] of chunk.entries()) {
      if (start.length === STATUS_LENGTH) takeRest(byte);
      else if (takeStatus(chunk, index, byte)) return true;
    }
    return false;
  };
}
