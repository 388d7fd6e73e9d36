// @ts-check
'use strict';

const { deleteFunction, listFunctions } = require('../api/functions.cjs');
const { deleteThrottle } = require('../api/gateway.cjs');
const { deleteTrigger, listTriggers } = require('../api/triggers.cjs');
const { UserError, explain, withContext } = require('../failure.cjs');
const { withJournal } = require('../journal.cjs');
const { isOwn } = require('../ownership.cjs');
const { planThrottle } = require('../plan/throttle.cjs');
const { askYes } = require('../question.cjs');
const { assertReachable } = require('../target.cjs');
const { describeTrigger } = require('../triggers.cjs');

/**
 * @import { ExistingFunction } from '../api/functions.cjs'
 * @import { Journal } from '../journal.cjs'
 * @import { Context } from './context.cjs'
 */

/** @param {Context} context */
async function remove(context) {
  const { log, progress } = context.writers;
  const { name, stage, settings } = context.target;
  /** @type {string[]} */
  const removed = [];
  try {
    const own = await listOwn(context);
    if (own.length > 0) await confirm(context, own);
    log.notice();
    log.notice(`Removing ${name} from FunctionGraph, stage ${stage} (${settings.region})`);
    await withJournal(progress, async (journal) => {
      for await (const what of removals(context, journal, own)) {
        removed.push(what);
        log.notice(`  removed ${what}`);
      }
    });
  } catch (error) {
    throw withContext(error, [
      removed.length > 0 ? `Removed so far: ${removed.join('; ')}.` : 'Nothing was removed.',
      'Put the cause right and run the same command again: it removes what is left.',
    ]);
  }
  log.notice();
  log.success(removed.length > 0 ? `Removed ${name} from FunctionGraph` : 'There is nothing to remove');
}

/**
 * @param {Context} context
 * @returns {Promise<ExistingFunction[]>} the functions of this service and stage
 */
async function listOwn({ target, client }) {
  try {
    return (await listFunctions(client)).filter((fn) => isOwn(target, fn));
  } catch (error) {
    throw explain('List the functions', error);
  }
}

/**
 * @param {Context} context
 * @param {readonly ExistingFunction[]} own
 * @throws {UserError} unless the command line or the answer says yes
 */
async function confirm({ options, target }, own) {
  if (options.yes) return;
  const what = `${own.map(({ name }) => name).join(', ')} and their triggers`;
  const where = `FunctionGraph, stage ${target.stage} (${target.settings.region}, project ${target.credentials.projectId})`;
  if (await askYes(`Delete ${what} from ${where}?`)) return;
  throw new UserError('FUNCTIONGRAPH_UNCONFIRMED', 'The question was not answered with y; scripts give --yes.');
}

/**
 * Removes functions, each after its triggers, and what is left of the gateway's.
 *
 * @param {Context} context
 * @param {Journal} journal
 * @param {readonly ExistingFunction[]} own
 * @returns {AsyncGenerator<string, void>} what was removed, one after another
 */
async function* removals({ target, client }, journal, own) {
  for (const { name, urn } of own) {
    for (const trigger of await journal.attempt(`${name}: list the triggers`, () => listTriggers(client, urn))) {
      const what = describeTrigger(trigger);
      const left = await journal.attempt(`${name}: delete ${what}`, () => deleteTrigger(client, urn, trigger));
      yield `${name}: ${what}${left}`;
    }
    await journal.attempt(`${name}: delete the function`, () => deleteFunction(client, urn));
    yield name;
  }
  const throttle = planThrottle(target);
  if (throttle === undefined) return;
  const { instanceId, policy } = throttle;
  const deletePolicy = () => deleteThrottle(client, instanceId, policy.name);
  if (await journal.attempt('Delete the throttling policy', deletePolicy)) yield `throttling policy ${policy.name}`;
}

module.exports = { check: assertReachable, run: remove };
