// @ts-check
'use strict';

const { mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');

/**
 * Gives a run of Serverless a temporary folder of its own, and removes it at the end: serverless-esbuild zips each function
 * in a folder that it then fails to remove, because the folder is not empty.
 */
module.exports = class TemporaryFolder {
  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'serverless-'));
    // TMPDIR is read by Linux and macOS, TEMP by Windows
    Object.assign(process.env, { TMPDIR: folder, TEMP: folder });
    process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  }
};
