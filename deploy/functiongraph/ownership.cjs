// @ts-check
'use strict';

const { UserError } = require('./failure.cjs');

/**
 * Which functions belong to this service and stage. No other function is ever changed or deleted.
 *
 * @typedef {{ readonly name: string, readonly stage: string }} Owner a service and its stage
 * @typedef {{ readonly urn: string, readonly name: string, readonly description: string }} Owned
 */

/**
 * The description of each function of a service and stage. Its name alone would not do: the functions `c` of service
 * `a-b` and `b-c` of service `a` have the same name.
 *
 * @param {Owner} owner
 */
function ownershipMark({ name, stage }) {
  return `Deployed by Serverless: service ${name}, stage ${stage}`;
}

/**
 * @param {Owner} owner
 * @param {Owned} fn
 */
function isOwn(owner, fn) {
  return fn.description === ownershipMark(owner) && fn.name.startsWith(`${owner.name}-${owner.stage}-`);
}

/**
 * @param {readonly Owned[]} plans
 * @param {readonly Owned[]} existing
 * @returns {Owned[]} functions of others that are where one of ours should be
 */
function foreignFunctions(plans, existing) {
  return existing.filter((fn) =>
    plans.some(({ urn, description }) => urn === fn.urn && description !== fn.description),
  );
}

/**
 * @param {Owner} owner
 * @param {readonly Owned[]} foreign
 * @throws {UserError} when there is one
 */
function assertNoneForeign(owner, foreign) {
  if (foreign.length === 0) return;
  throw new UserError(
    'FUNCTIONGRAPH_FOREIGN',
    `${foreign.map(({ name }) => name).join(', ')}: not deployed by this service and stage. Delete or rename it, or hand it ` +
      `over by setting its description to "${ownershipMark(owner)}".`,
  );
}

module.exports = { assertNoneForeign, foreignFunctions, isOwn, ownershipMark };
