// @ts-check
'use strict';

const { createInterface } = require('node:readline');

/**
 * Asks on the terminal.
 *
 * @param {string} question
 * @returns {Promise<boolean>} whether the answer was yes; no, when the input ends without an answer
 */
async function askYes(question) {
  // stderr: stdout may be kept in a file
  process.stderr.write(`${question} [y/N] `);
  const lines = createInterface({ input: process.stdin });
  try {
    for await (const line of lines) return /^y(es)?$/i.test(line.trim());
    return false;
  } finally {
    lines.close();
    // an open input would keep the process alive
    process.stdin.unref?.();
  }
}

module.exports = { askYes };
