// @ts-check
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { toFunctionGraphZip } = require('./code.cjs');
const { SettingsError, compareTriggers, describeTrigger, ownershipMark, planFunctions } = require('./plan.cjs');
const { UserError, describeFunctions, explain, redact } = require('./report.cjs');
const { CUSTOM_SCHEMA, FUNCTION_SCHEMA } = require('./schema.cjs');
const { readTarget, secretsOf, takeSettings } = require('./target.cjs');

/**
 * Serverless plugin: `serverless functiongraph deploy | info | remove` for Huawei Cloud FunctionGraph, from the same
 * bundles that `serverless deploy` brings to AWS. schema.cjs documents its settings.
 *
 * @typedef {import('./api.cjs').Api} Api
 * @typedef {import('./api.cjs').ExistingFunction} ExistingFunction
 * @typedef {import('./plan.cjs').FunctionPlan} FunctionPlan
 * @typedef {import('./plan.cjs').Settings} Settings
 * @typedef {import('./plan.cjs').ServiceFunction} ServiceFunction
 * @typedef {import('./target.cjs').ServiceSettings} ServiceSettings
 * @typedef {import('./target.cjs').Target} Target
 *
 * @typedef {object} Serverless the part of the framework that is used here
 * @property {string} serviceDir
 * @property {{
 *   service: string,
 *   custom?: { functiongraph?: Settings },
 *   functions: Record<string, ServiceFunction & { package?: { artifact?: string } }>,
 *   package: { artifact?: string },
 * }} service
 * @property {(name: 'aws') => { getStage(): string }} getProvider
 * @property {{ spawn(command: string): Promise<void> }} pluginManager
 * @property {{
 *   defineCustomProperties(schema: object): void,
 *   defineFunctionProperties(provider: 'aws', schema: object): void,
 * }} configSchemaHandler
 * @property {{ Error: new (message: string, code: string) => Error }} classes
 *
 * @typedef {object} Writers
 * @property {{ notice(text?: string): void, success(text: string): void, warning(text: string): void }} log
 * @property {{ create(options: { name: string, message: string }): { update(text: string): void, remove(): void } }} progress
 * @property {(text: string | string[]) => void} writeText
 */

class FunctionGraphPlugin {
  /**
   * @param {Serverless} serverless
   * @param {object} _options
   * @param {Writers} writers
   */
  constructor(serverless, _options, writers) {
    serverless.configSchemaHandler.defineCustomProperties(CUSTOM_SCHEMA);
    serverless.configSchemaHandler.defineFunctionProperties('aws', FUNCTION_SCHEMA);

    this.commands = {
      functiongraph: {
        type: 'container',
        usage: 'Huawei Cloud FunctionGraph',
        commands: {
          deploy: {
            usage: 'Package, then create or update the functions and their triggers on FunctionGraph',
            lifecycleEvents: ['deploy'],
          },
          info: { usage: 'Show the functions, triggers and URLs on FunctionGraph', lifecycleEvents: ['info'] },
          remove: { usage: 'Delete the triggers and functions from FunctionGraph', lifecycleEvents: ['remove'] },
        },
      },
    };
    /** @type {ServiceSettings} */
    let taken = { settings: undefined, functions: {} };
    this.hooks = {
      // the first of all hooks, of every command
      initialize: () => {
        taken = takeSettings(serverless.service);
      },
      'functiongraph:deploy:deploy': () => run(serverless, writers, taken, deploy),
      'functiongraph:info:info': () => run(serverless, writers, taken, info),
      'functiongraph:remove:remove': () => run(serverless, writers, taken, remove),
    };
  }
}

/**
 * Runs one command and turns its failure into a message without stack trace and without any secret.
 *
 * @param {Serverless} serverless
 * @param {Writers} writers
 * @param {ServiceSettings} taken
 * @param {(serverless: Serverless, writers: Writers, target: Target, api: Api) => Promise<void>} command
 */
async function run(serverless, writers, taken, command) {
  /** @type {Target | undefined} */
  let target;
  try {
    target = readTarget(serverless, taken, process.env);
    // loaded late: the SDK takes a third of a second, and every other command of Serverless loads this file too
    const { createApi } = require('./api.cjs');
    await command(serverless, writers, target, createApi(target.endpoint, target.credentials));
  } catch (error) {
    const secrets = target ? secretsOf(target) : [];
    if (error instanceof UserError) throw new serverless.classes.Error(redact(error.message, secrets), error.code);
    throw error;
  }
}

/**
 * @param {Serverless} serverless
 * @param {Writers} writers
 * @param {Target} target
 * @param {Api} api
 */
async function deploy(serverless, { log, progress, writeText }, target, api) {
  const plans = readPlans(target);
  await serverless.pluginManager.spawn('package');
  const deployments = await Promise.all(plans.map(async (plan) => ({ plan, zip: await readCode(serverless, plan) })));

  log.notice();
  log.notice(`Deploying ${target.name} to FunctionGraph, stage ${target.stage} (${target.settings.region})`);
  const bar = progress.create({ name: 'functiongraph', message: 'Looking at what exists' });
  /** @type {Map<string, string>} what is known of each function; told when a step fails */
  const state = new Map(plans.map(({ name }) => [name, 'not looked at yet']));
  let step = 'List the functions';
  /** @param {string} text */
  const begin = (text) => {
    step = text;
    bar.update(text);
  };

  try {
    const existing = await api.listFunctions();
    for (const { name, urn } of plans) {
      state.set(name, existing.some(isAt(urn)) ? 'deployed earlier' : 'does not exist');
    }
    step = 'Check whose functions they are';
    assertOwned(plans, existing, state);

    for (const { plan, zip } of deployments) {
      const know = (/** @type {string} */ text) => state.set(plan.name, text);
      const done = [
        ...(await deployFunction(api, plan, zip, existing.some(isAt(plan.urn)), { begin, know })),
        ...(await deployTriggers(api, plan, begin)),
      ];
      know('deployed');
      log.notice(`  ${plan.name}: ${done.join(', ')}`);
    }

    begin('Ask for the URLs');
    const functions = await api.listFunctions();
    const lines = await readReport(api, target, plans, functions);
    bar.remove();
    log.notice();
    log.success(`Service ${target.name} is deployed to FunctionGraph, stage ${target.stage}`);
    log.notice();
    writeText(lines);
    const left = functions.filter((fn) => isOwn(target, fn) && !plans.some(({ urn }) => urn === fn.urn));
    for (const { name } of left) {
      log.warning(
        `${name} is of this service and stage, but no longer in serverless.yml. It is still there, and so are its triggers.`,
      );
    }
  } catch (error) {
    bar.remove();
    throw explain(error, step, [
      `What exists of ${target.name}, stage ${target.stage}:`,
      ...[...state].map(([name, text]) => `  ${name}: ${text}`),
      'Put the cause right and run the same command again: it keeps what is there and goes on from here.',
    ]);
  }
}

/**
 * The function without its triggers, which come last: nothing calls a new function before all its settings are in force.
 *
 * @param {Api} api
 * @param {FunctionPlan} plan
 * @param {Buffer} zip
 * @param {boolean} exists
 * @param {{ begin: (step: string) => void, know: (state: string) => void }} progress
 * @returns {Promise<string[]>} what was done
 */
async function deployFunction(api, plan, zip, exists, { begin, know }) {
  const { name, urn, maxInstances, asyncInvocation } = plan;
  /** @type {string[]} */
  const done = [];
  if (exists) {
    begin(`${name}: update the configuration`);
    await api.updateConfig(plan);
    know('configuration updated; code and triggers perhaps not yet');
    begin(`${name}: update the code`);
    done.push(`code ${await api.updateCode(plan, zip)}`);
    know('configuration and code updated; triggers perhaps not yet');
  } else {
    begin(`${name}: create the function`);
    await api.createFunction(plan, zip);
    done.push('created');
    know('created; its triggers are not all there yet');
  }
  if (maxInstances !== undefined) {
    begin(`${name}: set the maximum of instances`);
    await api.setMaxInstances(urn, maxInstances);
  }
  if (asyncInvocation !== undefined) {
    begin(`${name}: set the asynchronous invocation`);
    await api.setAsyncInvocation(urn, asyncInvocation);
  }
  return done;
}

/**
 * @param {Api} api
 * @param {FunctionPlan} plan
 * @param {(step: string) => void} begin
 * @returns {Promise<string[]>} what was done
 */
async function deployTriggers(api, plan, begin) {
  begin(`${plan.name}: list the triggers`);
  const { obsolete, restated, missing } = compareTriggers(plan.triggers, await api.listTriggers(plan.urn));
  for (const trigger of obsolete) {
    begin(`${plan.name}: delete ${describeTrigger(trigger)}`);
    await api.deleteTrigger(plan.urn, trigger);
  }
  for (const { existing, status } of restated) {
    begin(`${plan.name}: set ${describeTrigger(existing)} to ${status}`);
    await api.setTriggerStatus(plan.urn, existing, status);
  }
  for (const trigger of missing) {
    begin(`${plan.name}: create ${describeTrigger(trigger)}`);
    await api.createTrigger(plan.urn, trigger);
  }
  return [
    ...missing.map((trigger) => `created ${describeTrigger(trigger)}`),
    ...restated.map(({ existing, status }) => `set ${describeTrigger(existing)} to ${status}`),
    // one that has a successor of the same name or path was replaced, which its creation tells already
    ...obsolete
      .filter((old) => !missing.some((trigger) => describeTrigger(trigger) === describeTrigger(old)))
      .map((trigger) => `deleted ${describeTrigger(trigger)}`),
  ];
}

/**
 * @param {Serverless} _serverless
 * @param {Writers} writers
 * @param {Target} target
 * @param {Api} api
 */
async function info(_serverless, { log, writeText }, target, api) {
  const plans = readPlans(target);
  try {
    writeText(await readReport(api, target, plans, await api.listFunctions()));
  } catch (error) {
    throw explain(error, 'Read the functions and triggers', []);
  }
  log.notice();
}

/**
 * @param {Serverless} _serverless
 * @param {Writers} writers
 * @param {Target} target
 * @param {Api} api
 */
async function remove(_serverless, { log, progress }, target, api) {
  log.notice();
  log.notice(`Removing ${target.name} from FunctionGraph, stage ${target.stage} (${target.settings.region})`);
  const bar = progress.create({ name: 'functiongraph', message: 'Looking at what exists' });
  let step = 'List the functions';
  /** @type {string[]} */
  const removed = [];
  try {
    const own = (await api.listFunctions()).filter((fn) => isOwn(target, fn));
    for (const { name, urn } of own) {
      step = `${name}: list the triggers`;
      for (const trigger of await api.listTriggers(urn)) {
        step = `${name}: delete ${describeTrigger(trigger)}`;
        bar.update(step);
        await api.deleteTrigger(urn, trigger);
        removed.push(`${name}: ${describeTrigger(trigger)}`);
        log.notice(`  removed ${removed.at(-1)}`);
      }
      step = `${name}: delete the function`;
      bar.update(step);
      await api.deleteFunction(urn);
      removed.push(name);
      log.notice(`  removed ${name}`);
    }
    bar.remove();
    log.notice();
    log.success(own.length > 0 ? `Removed ${own.length} functions from FunctionGraph` : 'There is nothing to remove');
  } catch (error) {
    bar.remove();
    throw explain(error, step, [
      removed.length > 0 ? `Removed so far: ${removed.join('; ')}.` : 'Nothing was removed.',
      'Put the cause right and run the same command again: it removes what is left.',
    ]);
  }
}

/**
 * @param {Target} target
 * @returns {FunctionPlan[]}
 * @throws {UserError} naming every setting that FunctionGraph would refuse
 */
function readPlans({ name, stage, settings, functions, credentials: { projectId } }) {
  try {
    return planFunctions({ name, stage, projectId, settings, functions });
  } catch (error) {
    if (!(error instanceof SettingsError)) throw error;
    throw new UserError('FUNCTIONGRAPH_SETTINGS', ['Not deployable:', ...error.faults.map((f) => `  ${f}`)].join('\n'));
  }
}

/**
 * @param {Serverless} serverless
 * @param {FunctionPlan} plan
 * @returns {Promise<Buffer>}
 */
async function readCode(serverless, plan) {
  const artifact = serverless.service.functions[plan.key]?.package?.artifact ?? serverless.service.package.artifact;
  const file = path.resolve(serverless.serviceDir, artifact ?? '');
  if (artifact === undefined || !existsSync(file)) {
    throw new UserError('FUNCTIONGRAPH_CODE', `${plan.key}: packaging left no artifact.`);
  }
  try {
    return await toFunctionGraphZip(readFileSync(file), plan.sourceHandler);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('FUNCTIONGRAPH_CODE', `${plan.key}: ${path.basename(file)} cannot be deployed: ${reason}.`);
  }
}

/** @param {string} urn */
function isAt(urn) {
  return (/** @type {ExistingFunction} */ fn) => fn.urn === urn;
}

/**
 * @param {Target} target
 * @param {ExistingFunction} fn
 */
function isOwn(target, fn) {
  return fn.description === ownershipMark(target) && fn.name.startsWith(`${target.name}-${target.stage}-`);
}

/**
 * @param {readonly FunctionPlan[]} plans
 * @param {readonly ExistingFunction[]} existing
 * @param {Map<string, string>} state
 * @throws {UserError} before anything is changed
 */
function assertOwned(plans, existing, state) {
  const foreign = plans.filter((plan) => {
    const found = existing.find(isAt(plan.urn));
    return found !== undefined && found.description !== plan.description;
  });
  for (const { name } of foreign) state.set(name, 'exists, but was not deployed by this service and stage; left alone');
  if (foreign.length === 0) return;
  throw new UserError(
    'FUNCTIONGRAPH_FOREIGN',
    `${foreign.map(({ name }) => name).join(', ')}: not deployed by this service and stage. Delete or rename it, or hand it ` +
      `over by setting its description to "${foreign[0]?.description}".`,
  );
}

/**
 * @param {Api} api
 * @param {Target} target
 * @param {readonly FunctionPlan[]} plans
 * @param {readonly ExistingFunction[]} existing
 * @returns {Promise<string[]>} lines for people
 */
async function readReport(api, target, plans, existing) {
  const { name, stage, settings, credentials } = target;
  const own = existing.filter((fn) => isOwn(target, fn));
  const found = [];
  for (const fn of own) found.push({ fn, triggers: await api.listTriggers(fn.urn) });
  const missing = plans.filter(({ urn }) => !own.some(isAt(urn))).map((plan) => plan.name);
  return describeFunctions({ name, stage, region: settings.region, projectId: credentials.projectId }, found, missing);
}

module.exports = FunctionGraphPlugin;
