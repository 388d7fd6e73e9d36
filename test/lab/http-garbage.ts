/** What a client makes of an answer to its DELETE, when that is all that ever comes. */
export type Verdict = 'accepted' | 'garbage' | 'cut' | 'silence' | 'undocumented';

export interface Garbage {
  readonly what: string;
  readonly bytes: string | Uint8Array;
  readonly verdict: Verdict;
  /** The connection stays open after the bytes; otherwise it ends. */
  readonly hangs?: boolean;
}

const OK = 'HTTP/1.1 202 Accepted';
const NUL = '\u0000';

/** Answers that break the rules of HTTP/1.1 (RFC 9112), come near to it, or are another protocol altogether. */
export const GARBAGE: readonly Garbage[] = [
  // status lines
  { what: 'nothing', bytes: '', verdict: 'cut' },
  { what: 'a blank line', bytes: '\r\n', verdict: 'cut' },
  { what: 'blank lines before the answer', bytes: `\r\n\r\n${OK}\r\nContent-Length: 0\r\n\r\n`, verdict: 'accepted' },
  { what: 'half a status line', bytes: 'HTTP/1.1 2', verdict: 'cut' },
  { what: 'a status line alone', bytes: `${OK}\r\n`, verdict: 'cut' },
  { what: 'no version', bytes: '202 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'a version without number', bytes: 'HTTP/ 202 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'version 3', bytes: 'HTTP/3.0 202 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'version 9.9', bytes: 'HTTP/9.9 202 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'the protocol in small letters', bytes: 'http/1.1 202 Accepted\r\n\r\n', verdict: 'garbage' },
  // the parser (llhttp) also speaks RTSP
  { what: 'another protocol with a status', bytes: 'RTSP/1.0 202 Accepted\r\n\r\n', verdict: 'accepted' },
  { what: 'a status of two digits', bytes: 'HTTP/1.1 20 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'a status of four digits', bytes: 'HTTP/1.1 2020 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'a status of letters', bytes: 'HTTP/1.1 two Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'a negative status', bytes: 'HTTP/1.1 -202 Accepted\r\n\r\n', verdict: 'garbage' },
  // below 200, and so taken as interim
  { what: 'status 000', bytes: 'HTTP/1.1 000 None\r\nContent-Length: 0\r\n\r\n', verdict: 'cut' },
  { what: 'status 099', bytes: 'HTTP/1.1 099 None\r\nContent-Length: 0\r\n\r\n', verdict: 'cut' },
  { what: 'no status', bytes: 'HTTP/1.1\r\n\r\n', verdict: 'garbage' },
  { what: 'tabs in the status line', bytes: 'HTTP/1.1\t202\tAccepted\r\n\r\n', verdict: 'garbage' },
  { what: 'two blanks before the status', bytes: 'HTTP/1.1  202 Accepted\r\n\r\n', verdict: 'garbage' },
  { what: 'no reason', bytes: 'HTTP/1.1 202\r\nContent-Length: 0\r\n\r\n', verdict: 'accepted' },
  { what: 'a reason with a NUL', bytes: `HTTP/1.1 202 A${NUL}B\r\nContent-Length: 0\r\n\r\n`, verdict: 'accepted' },
  { what: 'an endless reason', bytes: `HTTP/1.1 202 ${'x'.repeat(300_000)}`, verdict: 'cut' },
  // headers
  { what: 'a header without colon', bytes: `${OK}\r\nNonsense\r\n\r\n`, verdict: 'garbage' },
  { what: 'a header without name', bytes: `${OK}\r\n: value\r\n\r\n`, verdict: 'garbage' },
  { what: 'a blank before the colon', bytes: `${OK}\r\nContent-Length : 0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a blank in the name', bytes: `${OK}\r\nContent Length: 0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a NUL in the name', bytes: `${OK}\r\nX${NUL}Y: z\r\n\r\n`, verdict: 'garbage' },
  { what: 'a NUL in the value', bytes: `${OK}\r\nX: y${NUL}z\r\n\r\n`, verdict: 'garbage' },
  { what: 'a bare CR in the value', bytes: `${OK}\r\nX: y\rz\r\n\r\n`, verdict: 'garbage' },
  { what: 'a folded value', bytes: `${OK}\r\nX: y\r\n z\r\nContent-Length: 0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a first header that is folded', bytes: `${OK}\r\n X: y\r\n\r\n`, verdict: 'garbage' },
  { what: 'lines that end with LF', bytes: `${OK}\nContent-Length: 0\n\n`, verdict: 'garbage' },
  { what: 'lines that end with CR', bytes: `${OK}\rContent-Length: 0\r\r`, verdict: 'garbage' },
  { what: 'a header of 70 KB', bytes: `${OK}\r\nX: ${'y'.repeat(70_000)}\r\n\r\n`, verdict: 'garbage' },
  { what: 'a name of 70 KB', bytes: `${OK}\r\n${'y'.repeat(70_000)}: x\r\n\r\n`, verdict: 'garbage' },
  { what: '5,000 headers', bytes: `${OK}\r\n${'X: yyyyyyyyyyyyyyyyy\r\n'.repeat(5_000)}\r\n`, verdict: 'garbage' },
  { what: 'headers without end', bytes: `${OK}\r\nX: y\r\n`, verdict: 'cut' },
  { what: 'headers without end, and no FIN', bytes: `${OK}\r\nX: y\r\n`, verdict: 'silence', hangs: true },
  {
    what: 'names that objects have',
    bytes: `${OK}\r\n__proto__: x\r\nconstructor: y\r\nContent-Length: 0\r\n\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'bytes beyond ASCII',
    bytes: Buffer.from(`${OK}\r\nX: \xff\xfe\r\nContent-Length: 0\r\n\r\n`, 'latin1'),
    verdict: 'accepted',
  },
  // content-length
  { what: 'a length that is negative', bytes: `${OK}\r\nContent-Length: -1\r\n\r\n`, verdict: 'garbage' },
  { what: 'a length with a plus', bytes: `${OK}\r\nContent-Length: +0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a length in hex', bytes: `${OK}\r\nContent-Length: 0x0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a length with a fraction', bytes: `${OK}\r\nContent-Length: 0.0\r\n\r\n`, verdict: 'garbage' },
  { what: 'a length that is empty', bytes: `${OK}\r\nContent-Length:\r\n\r\n`, verdict: 'garbage' },
  { what: 'a length of 40 digits', bytes: `${OK}\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\n`, verdict: 'garbage' },
  {
    what: 'two lengths that differ',
    bytes: `${OK}\r\nContent-Length: 0\r\nContent-Length: 5\r\n\r\nhello`,
    verdict: 'garbage',
  },
  { what: 'two lengths in one line', bytes: `${OK}\r\nContent-Length: 0, 0\r\n\r\n`, verdict: 'garbage' },
  {
    what: 'a length too short for the body',
    bytes: `${OK}\r\nContent-Length: 2\r\n\r\n{}garbage`,
    verdict: 'accepted',
  },
  { what: 'a length too long for the body', bytes: `${OK}\r\nContent-Length: 20\r\n\r\n{}`, verdict: 'accepted' },
  {
    what: 'a length beside chunks',
    bytes: `${OK}\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    verdict: 'garbage',
  },
  {
    what: 'a 204 with a body',
    bytes: 'HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\nhello',
    verdict: 'accepted',
  },
  // transfer-encoding
  {
    what: 'a chunk size of letters',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'a chunk size that overflows',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(32)}\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'a negative chunk size',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'a chunk longer than its size',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n0\r\n\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'chunks without the last one',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'chunks without the last one, and no FIN',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n`,
    verdict: 'accepted',
    hangs: true,
  },
  {
    what: 'an endless chunk extension',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n2;${'x'.repeat(100_000)}`,
    verdict: 'accepted',
  },
  {
    what: 'a broken trailer',
    bytes: `${OK}\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nbroken\r\n\r\n`,
    verdict: 'accepted',
  },
  { what: 'an unknown transfer coding', bytes: `${OK}\r\nTransfer-Encoding: rot13\r\n\r\n`, verdict: 'accepted' },
  {
    what: 'chunked that is not the last coding',
    bytes: `${OK}\r\nTransfer-Encoding: chunked, gzip\r\n\r\n`,
    verdict: 'accepted',
  },
  // interim answers
  { what: 'an interim answer alone', bytes: 'HTTP/1.1 103 Early Hints\r\n\r\n', verdict: 'cut' },
  {
    what: 'an interim answer alone, and no FIN',
    bytes: 'HTTP/1.1 102 Processing\r\n\r\n',
    verdict: 'silence',
    hangs: true,
  },
  {
    what: '100 that nobody asked for',
    bytes: `HTTP/1.1 100 Continue\r\n\r\n${OK}\r\nContent-Length: 0\r\n\r\n`,
    verdict: 'accepted',
  },
  { what: '100 alone', bytes: 'HTTP/1.1 100 Continue\r\n\r\n', verdict: 'cut' },
  { what: '100 alone, and no FIN', bytes: 'HTTP/1.1 100 Continue\r\n\r\n', verdict: 'silence', hangs: true },
  { what: '100 before what is no HTTP', bytes: 'HTTP/1.1 100 Continue\r\n\r\ngarbage', verdict: 'garbage' },
  { what: '100 with lines that end with LF', bytes: `HTTP/1.1 100 Continue\n\n${OK}\r\n\r\n`, verdict: 'garbage' },
  { what: '100 of four digits', bytes: `HTTP/1.1 1000 Continue\r\n\r\n${OK}\r\n\r\n`, verdict: 'garbage' },
  {
    what: '100 with a header of 70 KB',
    bytes: `HTTP/1.1 100 Continue\r\nX: ${'y'.repeat(70_000)}\r\n\r\n${OK}\r\n\r\n`,
    verdict: 'garbage',
  },
  {
    what: '101 that nobody asked for',
    bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
    verdict: 'cut',
  },
  {
    what: '101 and another protocol',
    bytes: 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n\u0081\u0005hello',
    verdict: 'garbage',
  },
  { what: 'a thousand interim answers', bytes: 'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1_000), verdict: 'cut' },
  // other protocols
  { what: 'HTTP/0.9', bytes: '<html>welcome</html>', verdict: 'garbage' },
  { what: 'the preface of HTTP/2', bytes: 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', verdict: 'garbage' },
  {
    what: 'settings of HTTP/2',
    bytes: Uint8Array.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100),
    verdict: 'garbage',
  },
  { what: 'a TLS alert', bytes: Uint8Array.of(0x15, 3, 3, 0, 2, 2, 0x46), verdict: 'garbage' },
  { what: 'an SSH greeting', bytes: 'SSH-2.0-server\r\n', verdict: 'garbage' },
  { what: 'an SMTP greeting', bytes: '220 mail.example ready\r\n', verdict: 'garbage' },
  { what: 'a request', bytes: 'GET / HTTP/1.1\r\nHost: you\r\n\r\n', verdict: 'garbage' },
  { what: 'bytes of a gzip file', bytes: Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3), verdict: 'garbage' },
  { what: '1,000 NULs', bytes: new Uint8Array(1_000), verdict: 'garbage' },
  {
    what: 'a byte order mark before the answer',
    bytes: `\ufeff${OK}\r\nContent-Length: 0\r\n\r\n`,
    verdict: 'garbage',
  },
  // answers that are well formed and still not what was asked for
  {
    what: 'two answers',
    bytes: `${OK}\r\nContent-Length: 0\r\n\r\nHTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n`,
    verdict: 'accepted',
  },
  {
    what: 'a redirect to nowhere',
    bytes: 'HTTP/1.1 302 Found\r\nLocation: http://[\r\nContent-Length: 0\r\n\r\n',
    verdict: 'undocumented',
  },
  {
    what: 'a page of a captive portal',
    bytes: 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>log in first</html>',
    verdict: 'undocumented',
  },
  { what: 'status 999', bytes: 'HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n', verdict: 'undocumented' },
];
