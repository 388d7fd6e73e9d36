// @ts-check
'use strict';

const { VARIABLES } = require('../variables.cjs');
const { loadReaders } = require('./readers.cjs');

/**
 * @import { Lookup } from './readers.cjs'
 *
 * @typedef {object} Checked a function with the variables that it would get
 * @property {string} key its name in serverless.yml
 * @property {string} handler
 * @property {Lookup} lookup
 * @property {boolean} hasAgency whether it gets credentials by other means than the variables
 * @property {boolean} isWhole whether `lookup` knows all that the function would get, and not a part of it
 * @property {(name: string) => string} sourceOf where a variable comes from, or is to come from
 */

/**
 * Runs each function's own reader over the variables that it would get.
 *
 * @param {readonly Checked[]} functions
 * @returns {string[]} a line for each fault, with its variable, the functions that have it, and where it comes from; a
 *   value is in none
 */
function faultLines(functions) {
  const read = loadReaders();
  const faults = functions.flatMap(({ key, handler, lookup, hasAgency, sourceOf }) =>
    read(handler, lookup, hasAgency).map((fault) => ({
      key,
      text: `${fault} (it comes from ${sourceOf(nameIn(fault))})`,
    })),
  );
  const texts = [...new Set(faults.map(({ text }) => text))];
  return texts.map((text) => {
    const keys = faults.filter((fault) => fault.text === text).map(({ key }) => key);
    return `${keys.join(', ')}: ${text}`;
  });
}

/**
 * @param {readonly Checked[]} functions
 * @returns {string[]} a line for each function that is configured well, and can do nothing
 */
function idleLines(functions) {
  const idle = functions.filter(
    ({ handler, lookup, isWhole }) =>
      isWhole && handler === 'handlers/http.handler' && !lookup('CALLER_KEYS') && !lookup('WEBHOOK_SECRETS'),
  );
  return idle.map(
    ({ key }) => `${key}: neither CALLER_KEYS nor WEBHOOK_SECRETS is set, so every route that cancels answers 503.`,
  );
}

/**
 * @param {string} fault
 * @returns {string} the name that it begins with
 */
function nameIn(fault) {
  return VARIABLES.find(({ name }) => fault.split(/[ [.]/)[0] === name)?.name ?? '';
}

/**
 * @param {Readonly<Record<string, unknown>>} variables
 * @returns {Lookup} blank means unset
 */
function lookupIn(variables) {
  return (name) => {
    const value = variables[name];
    return value === undefined || typeof value === 'object' ? undefined : String(value).trim() || undefined;
  };
}

module.exports = { faultLines, idleLines, lookupIn };
