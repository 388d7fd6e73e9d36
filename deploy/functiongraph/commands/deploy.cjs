// @ts-check
'use strict';

const { listFunctions } = require('../api/functions.cjs');
const { readCode } = require('../artifact.cjs');
const { assertDeployable, warningLines } = require('../check.cjs');
const { withContext } = require('../failure.cjs');
const { withJournal } = require('../journal.cjs');
const { assertNoLosses, findLosses } = require('../losses.cjs');
const { assertNoneForeign, foreignFunctions, isOwn } = require('../ownership.cjs');
const { planFunctions } = require('../plan/functions.cjs');
const { warningsOfVariables } = require('../plan/warnings.cjs');
const { readReport } = require('../report.cjs');
const { rollOut } = require('../rollout.cjs');
const { assertRuntimes } = require('../runtimes.cjs');

/**
 * @import { ExistingFunction } from '../api/functions.cjs'
 * @import { Journal } from '../journal.cjs'
 * @import { FunctionPlan } from '../plan/functions.cjs'
 * @import { Deployment } from '../rollout.cjs'
 * @import { Target } from '../target.cjs'
 * @import { Context } from './context.cjs'
 */

/** @param {Context} context */
async function deploy(context) {
  const { serverless, target } = context;
  const { log, progress, writeText } = context.writers;
  const plans = planFunctions(target);
  for (const warning of warningsOfVariables(plans)) log.warning(warning);
  for (const line of warningLines(target, plans, process.env)) log.warning(line);
  await serverless.pluginManager.spawn('package');
  const deployments = await Promise.all(plans.map(async (plan) => ({ plan, zip: await readCode(serverless, plan) })));

  log.notice();
  log.notice(`Deploying ${target.name} to FunctionGraph, stage ${target.stage} (${target.settings.region})`);
  const { report, left } = await withJournal(progress, (journal) => deployAll(context, journal, deployments));
  log.notice();
  log.success(`Service ${target.name} is deployed to FunctionGraph, stage ${target.stage}`);
  log.notice();
  writeText(report);
  for (const { name } of left) {
    log.warning(
      `${name} is of this service and stage, but no longer in serverless.yml. It and its triggers still exist.`,
    );
  }
}

/**
 * @param {Context} context
 * @param {Journal} journal
 * @param {readonly Deployment[]} deployments
 * @returns {Promise<{ report: string[], left: ExistingFunction[] }>} `left` are functions that serverless.yml no longer has
 */
async function deployAll(context, journal, deployments) {
  const { target, client } = context;
  const plans = deployments.map(({ plan }) => plan);
  for (const { name } of plans) journal.note(name, 'not looked at yet');
  try {
    const existing = await journal.attempt('List the functions', () => listFunctions(client));
    assertOwn(target, journal, plans, existing);
    keepVariables(context, await journal.attempt('Read the variables', () => findLosses(client, plans, existing)));
    await assertRuntimes(client, plans);
    await rollOut(context, journal, deployments, existing);

    return await journal.attempt('Ask for the URLs', async () => {
      const deployed = await listFunctions(client);
      const left = deployed.filter((fn) => isOwn(target, fn) && !plans.some(({ urn }) => urn === fn.urn));
      return { report: await readReport(client, target, plans, deployed), left };
    });
  } catch (error) {
    throw withContext(error, [
      `What exists of ${target.name}, stage ${target.stage}:`,
      ...journal.lines(),
      'Put the cause right and run the same command again: it keeps what is there and goes on from here.',
      `  npx serverless functiongraph deploy --stage ${target.stage}`,
    ]);
  }
}

/**
 * @param {Target} target
 * @param {Journal} journal
 * @param {readonly FunctionPlan[]} plans
 * @param {readonly ExistingFunction[]} existing
 * @throws {import('../failure.cjs').UserError} before anything is changed
 */
function assertOwn(target, journal, plans, existing) {
  for (const { name, urn } of plans) {
    journal.note(name, existing.some((fn) => fn.urn === urn) ? 'deployed earlier' : 'does not exist');
  }
  const foreign = foreignFunctions(plans, existing);
  for (const { name } of foreign) {
    journal.note(name, 'exists, but was not deployed by this service and stage; left alone');
  }
  assertNoneForeign(target, foreign);
}

/**
 * @param {Context} context
 * @param {readonly string[]} losses
 * @throws {import('../failure.cjs').UserError} unless the command line says that they are wanted
 */
function keepVariables({ options, writers }, losses) {
  if (!options.force) return assertNoLosses(losses);
  for (const line of losses) writers.log.warning(`Forced:${line}`);
}

module.exports = { check: assertDeployable, run: deploy };
