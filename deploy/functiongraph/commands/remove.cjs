// @ts-check
'use strict';

const { deleteFunction, listFunctions } = require('../api/functions.cjs');
const { deleteThrottle } = require('../api/gateway.cjs');
const { deleteTrigger, listTriggers } = require('../api/triggers.cjs');
const { withContext } = require('../failure.cjs');
const { withJournal } = require('../journal.cjs');
const { isOwn } = require('../ownership.cjs');
const { planThrottle } = require('../plan/throttle.cjs');
const { describeTrigger } = require('../triggers.cjs');

/**
 * @import { Journal } from '../journal.cjs'
 * @import { Context } from './context.cjs'
 */

/** @param {Context} context */
async function remove(context) {
  const { log, progress } = context.writers;
  const { name, stage, settings } = context.target;
  /** @type {string[]} */
  const removed = [];
  log.notice();
  log.notice(`Removing ${name} from FunctionGraph, stage ${stage} (${settings.region})`);
  try {
    await withJournal(progress, async (journal) => {
      for await (const what of removals(context, journal)) {
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
 * Removes the functions of this service and stage, each after its triggers.
 *
 * @param {Context} context
 * @param {Journal} journal
 * @returns {AsyncGenerator<string, void>} what was removed, one after another
 */
async function* removals({ target, client }, journal) {
  const existing = await journal.attempt('List the functions', () => listFunctions(client));
  for (const { name, urn } of existing.filter((fn) => isOwn(target, fn))) {
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

module.exports = { remove };
