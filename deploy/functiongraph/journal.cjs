// @ts-check
'use strict';

const { explain } = require('./failure.cjs');

/**
 * @import { ProgressBar, Writers } from './framework.cjs'
 *
 * @typedef {ReturnType<typeof createJournal>} Journal
 */

/**
 * Shows the progress of a command for as long as it runs.
 *
 * @template Result
 * @param {Writers['progress']} progress
 * @param {(journal: Journal) => Promise<Result>} run
 * @returns {Promise<Result>}
 */
async function withJournal(progress, run) {
  const bar = progress.create({ name: 'functiongraph', message: 'Looking at what exists' });
  try {
    return await run(createJournal(bar));
  } finally {
    bar.remove();
  }
}

/**
 * Shows which step is running, and keeps what is known of each function for the message when a step fails.
 *
 * @param {ProgressBar} bar
 */
function createJournal(bar) {
  /** @type {Map<string, string>} */
  const states = new Map();
  return {
    /**
     * @template Result
     * @param {string} step in a few words, for people
     * @param {() => Promise<Result>} run
     * @returns {Promise<Result>}
     * @throws {import('./failure.cjs').UserError} naming the step, when a request fails
     */
    async attempt(step, run) {
      bar.update(step);
      try {
        return await run();
      } catch (error) {
        throw explain(step, error);
      }
    },
    /**
     * @param {string} functionName
     * @param {string} state
     */
    note(functionName, state) {
      states.set(functionName, state);
    },
    /** @returns {string[]} a line for each function */
    lines: () => [...states].map(([name, state]) => `  ${name}: ${state}`),
  };
}

module.exports = { withJournal };
