// @ts-check
'use strict';

const { fieldsOf } = require('../json.cjs');
const { showConfiguration } = require('./api/configuration.cjs');
const { UserError } = require('./failure.cjs');

/**
 * @import { Fields } from '../json.cjs'
 * @import { Client } from './api/client.cjs'
 * @import { ExistingFunction } from './api/functions.cjs'
 * @import { FunctionPlan } from './plan/functions.cjs'
 */

/**
 * The variables that a deployment would take away or change. FunctionGraph gives back the names of encrypted variables
 * and not their values, so whether an encrypted one would change cannot be known.
 *
 * @param {Client} client
 * @param {readonly FunctionPlan[]} plans
 * @param {readonly ExistingFunction[]} existing
 * @returns {Promise<string[]>} a line for each function that would lose something; a value is in none
 */
async function findLosses(client, plans, existing) {
  /** @type {string[]} */
  const lines = [];
  for (const plan of plans.filter(({ urn }) => existing.some((fn) => fn.urn === urn))) {
    const reported = await showConfiguration(client, plan.urn);
    const [userData, encrypted] = [reported['user_data'], reported['encrypted_user_data']].map(parseVariables);
    lines.push(...lossesOf(plan, userData ?? {}, encrypted ?? {}));
  }
  return lines;
}

/**
 * @param {unknown} json blank where there are none
 * @returns {Fields}
 */
function parseVariables(json) {
  return typeof json === 'string' && json.trim() !== '' ? fieldsOf(JSON.parse(json)) : {};
}

/**
 * @param {FunctionPlan} plan
 * @param {Fields} plain
 * @param {Fields} encrypted
 * @returns {string[]}
 */
function lossesOf({ name, userData, encryptedUserData }, plain, encrypted) {
  const wanted = { ...userData, ...encryptedUserData };
  return [
    ...toLine(
      `${name}: would vanish`,
      Object.keys({ ...plain, ...encrypted }).filter((key) => !(key in wanted)),
    ),
    ...toLine(
      `${name}: would change`,
      Object.entries(wanted).flatMap(([key, value]) => (key in plain && plain[key] !== value ? [key] : [])),
    ),
    ...toLine(
      `${name}: would no longer be encrypted`,
      Object.keys(userData).filter((key) => key in encrypted),
    ),
  ];
}

/**
 * @param {string} what
 * @param {readonly string[]} names
 */
function toLine(what, names) {
  return names.length === 0 ? [] : [`  ${what}: ${names.join(', ')}`];
}

/**
 * @param {readonly string[]} losses
 * @throws {UserError} when there is one
 */
function assertNoLosses(losses) {
  if (losses.length === 0) return;
  throw new UserError(
    'FUNCTIONGRAPH_LOSSES',
    [
      'Nothing was deployed. Variables of functions that exist would be lost or changed:',
      ...losses,
      'Set them here as they were, or deploy with --force to have it so.',
    ].join('\n'),
  );
}

module.exports = { assertNoLosses, findLosses };
