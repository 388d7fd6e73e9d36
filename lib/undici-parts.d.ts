// The index of undici loads web sockets, caches and mocks that nothing here uses; its parts have no types of their own.
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}
