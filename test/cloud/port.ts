import { createServer } from 'node:net';

export const DEFAULT_PORT = 4000;

/**
 * The port of `npm start`; 0 means any free one.
 *
 * @throws {Error} when the variable `PORT` is not a port
 */
export function readPort(value = ''): number {
  const text = value.trim();
  if (text === '') return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= 65_535) return port;
  throw new Error(`PORT must be a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}

/**
 * The given port of loopback, or any free one.
 *
 * @throws {Error} when the given one is taken or not allowed
 */
export function freePort(port = 0): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => reject(new Error(refusalOf(port, error.code))));
    // every address, since a server on any of them would be mistaken for this one
    server.listen(port, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

export function refusalOf(port: number, code = 'unknown'): string {
  const problem = code === 'EADDRINUSE' ? 'is in use' : `cannot be opened (${code})`;
  return `Port ${port} ${problem}. Choose another one, or any that is free: PORT=0 npm start`;
}
