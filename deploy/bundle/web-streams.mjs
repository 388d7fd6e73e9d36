/**
 * Stands in for `node:stream/web` in the bundles. Middy takes `ReadableStream` from it, to know an answer that streams, and we have
 * none: without Node's module the cold start takes 2 ms of processor time less, of 76 (Node 24.21).
 */
export class ReadableStream {}
