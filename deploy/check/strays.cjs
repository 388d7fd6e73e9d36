// @ts-check
'use strict';

const { distance } = require('fastest-levenshtein');
const { VARIABLES } = require('../variables.cjs');

// a typing slip changes at most so many letters
const SLIP = 2;

/**
 * What is set where the deployment runs and reaches no function.
 *
 * @param {NodeJS.ProcessEnv} env
 * @param {(name: string) => boolean} isUsed whether a variable reaches a function, or the deployment itself uses it
 * @returns {{ readonly unused: readonly string[], readonly misspelt: readonly string[] }} names of the functions'
 *   variables, and a sentence for each name that is probably meant to be one
 */
function findStrays(env, isUsed) {
  const set = Object.keys(env).filter((name) => env[name]?.trim());
  const listed = VARIABLES.map(({ name }) => name);
  const unknown = set.filter((name) => !listed.includes(name));
  return {
    unused: listed.filter((name) => set.includes(name) && !isUsed(name)),
    misspelt: unknown.flatMap((name) => {
      const meant = listed.find((other) => distance(name, other) <= SLIP);
      if (meant !== undefined) return [`${name} is set here, and no function reads it: ${meant} may be meant.`];
      return name.startsWith('SWEEP_') ? [`${name} is set here, and no function reads it.`] : [];
    }),
  };
}

module.exports = { findStrays };
