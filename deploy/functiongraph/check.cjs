// @ts-check
'use strict';

const { faultLines, idleLines, lookupIn } = require('../check/faults.cjs');
const { findStrays } = require('../check/strays.cjs');
const { UserError } = require('./failure.cjs');
const { planFunctions } = require('./plan/functions.cjs');
const { DEPLOYER_VARIABLES } = require('./target.cjs');

/**
 * @import { Checked } from '../check/faults.cjs'
 * @import { FunctionPlan } from './plan/functions.cjs'
 * @import { Target } from './target.cjs'
 */

/**
 * Everything that can be known to be missing or wrong before a request is sent, at once.
 *
 * @param {Target} target
 * @throws {UserError} naming every variable and setting
 */
function assertDeployable(target) {
  const faults = [...target.faults, ...variableFaults(target), ...settingFaults(target)];
  if (faults.length === 0) return;
  throw new UserError('FUNCTIONGRAPH_VARIABLES', ['Nothing was deployed.', ...faults].join('\n'));
}

/**
 * @param {Target} target
 * @returns {string[]}
 */
function variableFaults(target) {
  const lines = faultLines(toChecked(target));
  return lines.length === 0 ? [] : ['Variables of the functions are missing or wrong:', ...lines.map(indent)];
}

/**
 * @param {Target} target
 * @returns {Checked[]}
 */
function toChecked({ settings, functions }) {
  return Object.entries(functions).flatMap(([key, { handler, functiongraph }]) => {
    if (functiongraph === undefined) return [];
    const encrypted = { ...settings.encryptedUserData, ...functiongraph.encryptedUserData };
    return [
      {
        key,
        handler,
        lookup: lookupIn({ ...settings.userData, ...functiongraph.userData, ...encrypted }),
        hasAgency: (settings.agency ?? '') !== '',
        isWhole: true,
        sourceOf: (name) =>
          `the environment or .env, by ${name in encrypted ? 'encryptedUserData' : 'userData'} in serverless.yml`,
      },
    ];
  });
}

/**
 * @param {Target} target
 * @returns {string[]}
 */
function settingFaults(target) {
  try {
    planFunctions(target);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error.message];
  }
}

/**
 * @param {Target} target
 * @param {readonly FunctionPlan[]} plans
 * @param {NodeJS.ProcessEnv} env where the deployment runs
 * @returns {string[]} what a deployment would take, and is probably not meant
 */
function warningLines(target, plans, env) {
  return [...idleLines(toChecked(target)), ...strayLines(plans, env)];
}

/**
 * @param {readonly FunctionPlan[]} plans
 * @param {NodeJS.ProcessEnv} env
 * @returns {string[]} what is set here and reaches no function
 */
function strayLines(plans, env) {
  const reaching = new Set(plans.flatMap((plan) => Object.keys({ ...plan.userData, ...plan.encryptedUserData })));
  const { unused, misspelt } = findStrays(env, (name) => reaching.has(name) || DEPLOYER_VARIABLES.includes(name));
  if (unused.length === 0) return [...misspelt];
  return [`Set here, but on FunctionGraph no function gets them: ${unused.join(', ')}.`, ...misspelt];
}

/** @param {string} line */
function indent(line) {
  return `  ${line}`;
}

module.exports = { assertDeployable, warningLines };
