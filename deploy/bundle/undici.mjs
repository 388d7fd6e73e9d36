// @ts-nocheck undici has no types for its inner modules

/**
 * Stands in for `undici` in the bundles. The index of undici also loads fetch, web sockets, caches and mocks: with it
 * the cold start takes 75 ms in place of 44 (Node 20.20). An import of anything else from undici fails when the bundle is made.
 */
export { default as buildConnector } from 'undici/lib/core/connect.js';
export { default as Pool } from 'undici/lib/dispatcher/pool.js';
