// Parts of packages, which have no types of their own.

// The index of undici loads web sockets, caches and mocks that nothing here uses.
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}

declare module 'undici/lib/core/connect.js' {
  export { buildConnector as default } from 'undici';
}

// Pino for runtimes without streams.
declare module 'pino/browser.js' {
  export { pino as default } from 'pino';
}
