// @ts-check
'use strict';

const { updateConfiguration } = require('./api/configuration.cjs');
const { createFunction, setAsyncInvocation, setMaxInstances, updateCode } = require('./api/functions.cjs');
const { createTrigger, deleteTrigger, setTriggerStatus } = require('./api/triggers.cjs');
const { compareTriggers, describeTrigger } = require('./triggers.cjs');

/**
 * The steps of a deployment, in their order.
 *
 * @import { Client } from './api/client.cjs'
 * @import { FunctionPlan } from './plan/functions.cjs'
 * @import { ExistingTrigger } from './triggers.cjs'
 *
 * @typedef {object} Step
 * @property {string} text what is done, in a few words
 * @property {() => Promise<string | void>} run may resolve to what was done, if only FunctionGraph knows
 * @property {string} [done] what was done, where it is worth telling
 * @property {string} [state] of the function, once the step is done
 */

/**
 * Creates or updates a function. Its triggers come later: nothing calls a new function before all its settings hold.
 *
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 * @param {boolean} exists
 * @returns {Step[]}
 */
function functionSteps(client, plan, zip, exists) {
  return [...(exists ? updateSteps(client, plan, zip) : createSteps(client, plan, zip)), ...limitSteps(client, plan)];
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 * @returns {Step[]}
 */
function updateSteps(client, plan, zip) {
  return [
    {
      text: 'update the configuration',
      run: () => updateConfiguration(client, plan),
      state: 'configuration updated; code and triggers perhaps not yet',
    },
    {
      text: 'update the code',
      run: async () => `code ${await updateCode(client, plan, zip)}`,
      state: 'configuration and code updated; triggers perhaps not yet',
    },
  ];
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 * @returns {Step[]}
 */
function createSteps(client, plan, zip) {
  return [
    {
      text: 'create the function',
      done: 'created',
      run: () => createFunction(client, plan, zip),
      state: 'created; its configuration is not complete and its triggers are not there yet',
    },
    // encrypted variables and the agency may be taken by an update alone
    {
      text: 'complete the configuration',
      run: () => updateConfiguration(client, plan),
      state: 'created; its triggers are not all there yet',
    },
  ];
}

/**
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @returns {Step[]}
 */
function limitSteps(client, { urn, maxInstances, asyncInvocation }) {
  /** @type {Step[]} */
  const steps = [];
  if (maxInstances !== undefined) {
    steps.push({ text: 'set the maximum of instances', run: () => setMaxInstances(client, urn, maxInstances) });
  }
  if (asyncInvocation !== undefined) {
    steps.push({
      text: 'set the asynchronous invocation',
      run: () => setAsyncInvocation(client, urn, asyncInvocation),
    });
  }
  return steps;
}

/**
 * Deletes first: the name and the path of a trigger are taken as long as it exists.
 *
 * @param {Client} client
 * @param {FunctionPlan} plan
 * @param {readonly ExistingTrigger[]} existing
 * @returns {Step[]}
 */
function triggerSteps(client, { urn, triggers }, existing) {
  const { obsolete, restated, missing } = compareTriggers(triggers, existing);
  return [
    ...obsolete.map((trigger) => ({
      text: `delete ${describeTrigger(trigger)}`,
      run: async () => `deleted ${describeTrigger(trigger)}${await deleteTrigger(client, urn, trigger)}`,
    })),
    ...restated.map(({ existing: trigger, status }) => ({
      text: `set ${describeTrigger(trigger)} to ${status}`,
      done: `set ${describeTrigger(trigger)} to ${status}`,
      run: () => setTriggerStatus(client, urn, trigger, status),
    })),
    ...missing.map((trigger) => ({
      text: `create ${describeTrigger(trigger)}`,
      done: `created ${describeTrigger(trigger)}`,
      run: () => createTrigger(client, urn, trigger),
    })),
  ];
}

module.exports = { functionSteps, triggerSteps };
