// @ts-check
'use strict';

const { UserError } = require('./failure.cjs');
const { redact, takeSettings } = require('./secrets.cjs');
const { FUNCTION_SETTINGS } = require('./settings/function.cjs');
const { SERVICE_SETTINGS } = require('./settings/service.cjs');
const { readTarget, secretsOf } = require('./target.cjs');

/**
 * @import { Command, Context } from './commands/context.cjs'
 * @import { Serverless, Writers } from './framework.cjs'
 * @import { TakenSettings } from './secrets.cjs'
 * @import { Target } from './target.cjs'
 */

const COMMANDS = {
  functiongraph: {
    type: 'container',
    usage: 'Huawei Cloud FunctionGraph',
    commands: {
      deploy: {
        usage: 'Package, then create or update the functions and their triggers on FunctionGraph',
        lifecycleEvents: ['deploy'],
        options: {
          force: { usage: 'Deploy even where variables of a function would vanish or change', type: 'boolean' },
        },
      },
      info: { usage: 'Show the functions, triggers and URLs on FunctionGraph', lifecycleEvents: ['info'] },
      remove: {
        usage: 'Delete the triggers and functions from FunctionGraph',
        lifecycleEvents: ['remove'],
        options: { yes: { usage: 'Do not ask first', type: 'boolean' } },
      },
    },
  },
};

/**
 * Serverless plugin: `serverless functiongraph deploy | info | remove` for Huawei Cloud FunctionGraph, from the same
 * bundles that `serverless deploy` brings to AWS. The files in `settings` document its settings.
 */
class FunctionGraphPlugin {
  /**
   * @param {Serverless} serverless
   * @param {Context['options']} options
   * @param {Writers} writers
   */
  constructor(serverless, options, writers) {
    serverless.configSchemaHandler.defineCustomProperties({
      type: 'object',
      properties: { functiongraph: SERVICE_SETTINGS },
    });
    serverless.configSchemaHandler.defineFunctionProperties('aws', {
      type: 'object',
      properties: { functiongraph: FUNCTION_SETTINGS },
    });
    this.commands = COMMANDS;

    /** @type {TakenSettings} */
    let taken = { settings: undefined, functions: {} };
    const run = (/** @type {() => Command} */ load) => runCommand(serverless, options, writers, taken, load);
    // The commands are loaded late: they load the SDK in a third of a second, and each command of Serverless loads this file.
    this.hooks = {
      // the first hook of every command, so before anything is written
      initialize: () => {
        taken = takeSettings(serverless.service);
      },
      'functiongraph:deploy:deploy': () => run(() => require('./commands/deploy.cjs')),
      'functiongraph:info:info': () => run(() => require('./commands/info.cjs')),
      'functiongraph:remove:remove': () => run(() => require('./commands/remove.cjs')),
    };
  }
}

/**
 * Runs a command. A failure that the user can put right becomes a message without a stack trace and without a secret.
 *
 * @param {Serverless} serverless
 * @param {Context['options']} options
 * @param {Writers} writers
 * @param {TakenSettings} taken
 * @param {() => Command} load
 */
async function runCommand(serverless, options, writers, taken, load) {
  /** @type {Target | undefined} */
  let target;
  try {
    target = readTarget(serverless, taken, process.env);
    const { check, run } = load();
    check(target);
    const { createClient } = require('./api/client.cjs');
    await run({ serverless, options, writers, target, client: createClient(target) });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new serverless.classes.Error(redact(error.message, target ? secretsOf(target) : []), error.code);
  }
}

module.exports = FunctionGraphPlugin;
