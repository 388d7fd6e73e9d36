// @ts-check
'use strict';

const { readFileSync } = require('node:fs');
const path = require('node:path');
const { compileFunction } = require('node:vm');
const { buildSync } = require('esbuild');

/**
 * @typedef {(name: string) => string | undefined} Lookup the value of a variable, if it is set
 * @typedef {{ readonly hasAgency: boolean, readonly readFile: (path: string) => string | undefined }} Platform
 * @typedef {(lookup: Lookup, platform: Platform) => unknown} Reader
 *   throws an error with `faults` when a variable is missing or wrong
 */

const SOURCE = path.join(__dirname, '../../lib/config/read-config.ts');

/** The reader that a handler's file uses. */
const READER_BY_HANDLER = {
  'handlers/http.handler': 'readHttpConfig',
  'handlers/timer.handler': 'readTimerConfig',
  'handlers/chat.handler': 'readChatConfig',
};

/**
 * The functions' own readers of their configuration, bundled here because they are in TypeScript: what they take is what
 * the deployed function takes.
 *
 * @returns {(handler: string, lookup: Lookup, hasAgency: boolean) => readonly string[]} the faults that the function of
 *   this handler would find, each beginning with the name of its variable; a value is in none
 */
function loadReaders() {
  const output = buildSync({ entryPoints: [SOURCE], bundle: true, write: false, format: 'cjs', platform: 'node' });
  /** @type {{ exports: Readonly<Record<string, Reader>> }} */
  const bundle = { exports: {} };
  compileFunction(output.outputFiles[0]?.text ?? '', ['module', 'exports', 'require'])(bundle, bundle.exports, require);

  return (handler, lookup, hasAgency) => {
    const readerName = Object.entries(READER_BY_HANDLER).find(([known]) => known === handler)?.[1];
    const read = bundle.exports[readerName ?? ''];
    return read === undefined ? [] : faultsOf(() => read(lookup, { hasAgency, readFile }));
  };
}

/**
 * @param {string} file
 * @returns {string | undefined} what the package will have under this path
 */
function readFile(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/**
 * @param {() => unknown} read
 * @returns {readonly string[]}
 */
function faultsOf(read) {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof Error && 'faults' in error && Array.isArray(error.faults)) return error.faults.map(String);
    throw error;
  }
}

module.exports = { loadReaders };
