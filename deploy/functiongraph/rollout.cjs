// @ts-check
'use strict';

const { bindThrottle, putThrottle } = require('./api/gateway.cjs');
const { listTriggers } = require('./api/triggers.cjs');
const { UserError, isKeyRefused } = require('./failure.cjs');
const { planThrottle } = require('./plan/throttle.cjs');
const { functionSteps, triggerSteps } = require('./steps.cjs');

/**
 * Carries a deployment out. What fails at one function or route does not keep the others from being deployed.
 *
 * @import { ExistingFunction } from './api/functions.cjs'
 * @import { Context } from './commands/context.cjs'
 * @import { Journal } from './journal.cjs'
 * @import { FunctionPlan } from './plan/functions.cjs'
 * @import { Step } from './steps.cjs'
 * @import { ExistingTrigger } from './triggers.cjs'
 *
 * @typedef {{ readonly plan: FunctionPlan, readonly zip: Buffer }} Deployment
 *
 * @typedef {object} Failures what has failed so far
 * @property {readonly string[]} messages
 * @property {<Result>(run: () => Promise<Result>) => Promise<Result | undefined>} collect resolves to nothing when the
 *   part failed that `run` deploys, and only that
 */

/**
 * @param {Context} context
 * @param {Journal} journal
 * @param {readonly Deployment[]} deployments
 * @param {readonly ExistingFunction[]} existing
 * @throws {UserError} with all failures, once all that can be deployed is deployed
 */
async function rollOut(context, journal, deployments, existing) {
  const failures = createFailures();
  /** @type {ExistingTrigger[]} */
  const triggers = [];
  for (const deployment of deployments) {
    const { name, urn } = deployment.plan;
    await failures.collect(async () => {
      await deployFunction(
        context,
        journal,
        deployment,
        existing.some((fn) => fn.urn === urn),
        failures,
      );
      triggers.push(...(await journal.attempt(`${name}: list the triggers`, () => listTriggers(context.client, urn))));
    });
  }
  await failures.collect(() => throttleRoutes(context, journal, triggers));
  if (failures.messages.length > 0) throw new UserError('FUNCTIONGRAPH_REQUEST', failures.messages.join('\n'));
}

/** @returns {Failures} */
function createFailures() {
  /** @type {string[]} */
  const messages = [];
  return {
    messages,
    async collect(run) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        messages.push(error.message);
        if (isKeyRefused(error)) throw new UserError(error.code, messages.join('\n'));
        return undefined;
      }
    },
  };
}

/**
 * @param {Context} context
 * @param {Journal} journal
 * @param {Deployment} deployment
 * @param {boolean} exists
 * @param {Failures} failures
 */
async function deployFunction({ writers, client }, journal, { plan, zip }, exists, failures) {
  const { name, urn } = plan;
  /** @type {string[]} */
  const done = [];
  for (const step of functionSteps(client, plan, zip, exists)) done.push(...(await runStep(journal, name, step)));

  const triggers = await journal.attempt(`${name}: list the triggers`, () => listTriggers(client, urn));
  /** @type {string[]} */
  const undone = [];
  for (const step of triggerSteps(client, plan, triggers)) {
    const told = await failures.collect(() => runStep(journal, name, step));
    if (told === undefined) undone.push(step.text);
    else done.push(...told);
  }
  journal.note(name, undone.length === 0 ? 'deployed' : `deployed, but failed to ${undone.join(', to ')}`);
  writers.log.notice(`  ${name}: ${done.join(', ')}`);
}

/**
 * @param {Journal} journal
 * @param {string} functionName
 * @param {Step} step
 * @returns {Promise<string[]>} what was done, if it is worth telling
 */
async function runStep(journal, functionName, { text, run, done, state }) {
  const told = (await journal.attempt(`${functionName}: ${text}`, run)) ?? done;
  if (state !== undefined) journal.note(functionName, state);
  return told === undefined ? [] : [told];
}

/**
 * @param {Context} context
 * @param {Journal} journal
 * @param {readonly ExistingTrigger[]} triggers
 */
async function throttleRoutes({ target, client }, journal, triggers) {
  const throttle = planThrottle(target);
  // the gateway's own check stands in front of the others
  const open = triggers.filter(({ type, eventData }) => type === 'DEDICATEDGATEWAY' && eventData['auth'] === 'NONE');
  if (throttle === undefined || open.length === 0) return;
  const apiIds = open.map(({ eventData }) => String(eventData['api_id']));
  await journal.attempt('Throttle the public routes', async () => {
    await bindThrottle(client, throttle, await putThrottle(client, throttle), apiIds);
  });
}

module.exports = { rollOut };
