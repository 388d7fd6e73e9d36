// @ts-check
'use strict';

const { UserError } = require('../failure.cjs');
const { ownershipMark } = require('../ownership.cjs');
const { faultsOfRoutes, planRoutes } = require('./routes.cjs');
const { faultsOfTimer, planTimer } = require('./timer.cjs');
const { faultsOfBoth, faultsOfVariables, placeVariables } = require('./variables.cjs');

/**
 * From the settings in serverless.yml to what shall exist on FunctionGraph. No request is sent here.
 *
 * @import { AsyncInvocation } from '../settings/shared.cjs'
 * @import { FunctionSettings } from '../settings/function.cjs'
 * @import { Target } from '../target.cjs'
 * @import { TriggerPlan } from '../triggers.cjs'
 *
 * @typedef {object} FunctionPlan
 * @property {string} key the function's name in serverless.yml
 * @property {string} name the function's name on FunctionGraph
 * @property {string} application
 * @property {string} urn
 * @property {string} description
 * @property {string} sourceHandler handler as in serverless.yml, e.g. `handlers/http.handler`
 * @property {string} handler handler as FunctionGraph gets it, e.g. `http.handler`
 * @property {string} runtime
 * @property {number} memoryMB
 * @property {number} timeoutSeconds
 * @property {Readonly<Record<string, string>>} userData
 * @property {Readonly<Record<string, string>>} encryptedUserData
 * @property {string | undefined} agency
 * @property {string | undefined} enterpriseProjectId
 * @property {boolean | undefined} ltsLogs
 * @property {number | undefined} maxInstances
 * @property {AsyncInvocation | undefined} asyncInvocation
 * @property {readonly TriggerPlan[]} triggers
 */

// CreateFunction, parameter func_name; "Notes and Constraints"
const MAX_NAME_CHARS = 60;
const MAX_TRIGGERS = 10;
const NAME = /^[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
const HANDLER = /^(?:[\w-]+\/)*([\w-]+\.\w+)$/;

/**
 * @param {Target} target
 * @returns {FunctionPlan[]} in the order of serverless.yml
 * @throws {UserError} naming everything that FunctionGraph would refuse
 */
function planFunctions(target) {
  const functions = Object.entries(target.functions).flatMap(([key, { handler, functiongraph }]) =>
    functiongraph === undefined ? [] : [{ plan: planFunction(target, key, handler, functiongraph), functiongraph }],
  );
  const faults = functions.flatMap(({ plan, functiongraph }) =>
    faultsOfFunction(plan, target, functiongraph).map((fault) => `${plan.key}: ${fault}`),
  );
  if (functions.length === 0) faults.push('no function has a functiongraph section');
  if (faults.length === 0) return functions.map(({ plan }) => plan);
  throw new UserError('FUNCTIONGRAPH_SETTINGS', ['Not deployable:', ...faults.map((fault) => `  ${fault}`)].join('\n'));
}

/**
 * @param {Target} target
 * @param {string} key
 * @param {string} sourceHandler
 * @param {FunctionSettings} own
 * @returns {FunctionPlan}
 */
function planFunction({ name: service, stage, settings, credentials }, key, sourceHandler, own) {
  const name = `${service}-${stage}-${key}`;
  const application = settings.application ?? 'default';
  const asyncInvocation = { ...settings.asyncInvocation, ...own.asyncInvocation };
  return {
    key,
    name,
    application,
    urn: `urn:fss:${settings.region}:${credentials.projectId}:function:${application}:${name}`,
    description: ownershipMark({ name: service, stage }),
    sourceHandler,
    handler: HANDLER.exec(sourceHandler)?.[1] ?? '',
    runtime: settings.runtime ?? 'Node.js20.15',
    memoryMB: own.memoryMB,
    timeoutSeconds: own.timeoutSeconds,
    ...placeVariables(
      { ...settings.userData, ...own.userData },
      { ...settings.encryptedUserData, ...own.encryptedUserData },
    ),
    agency: settings.agency || undefined,
    enterpriseProjectId: settings.enterpriseProjectId || undefined,
    ltsLogs: settings.ltsLogs,
    maxInstances: own.maxInstances,
    asyncInvocation: Object.keys(asyncInvocation).length === 0 ? undefined : asyncInvocation,
    triggers: [...(own.timer ? [planTimer(own.timer)] : []), ...planRoutes(name, own, settings.gateway)],
  };
}

/**
 * @param {FunctionPlan} plan
 * @param {Target} target
 * @param {FunctionSettings} own
 * @returns {string[]}
 */
function faultsOfFunction({ name, sourceHandler, handler, triggers, ...plan }, { settings }, own) {
  return [
    ...(name.length > MAX_NAME_CHARS ? [`the name ${name} has more than ${MAX_NAME_CHARS} characters`] : []),
    ...(NAME.test(name) ? [] : [`the name ${name} may hold letters, digits, _ and - only`]),
    ...(handler === '' ? [`the handler ${sourceHandler} is not of the form directory/file.export`] : []),
    ...faultsOfVariables('userData', plan.userData),
    ...faultsOfVariables('encryptedUserData', plan.encryptedUserData),
    ...faultsOfBoth(
      { ...settings.userData, ...own.userData },
      { ...settings.encryptedUserData, ...own.encryptedUserData },
    ),
    ...(own.timer ? faultsOfTimer(own.timer) : []),
    ...faultsOfRoutes(own.routes ?? [], settings.gateway),
    ...(triggers.length > MAX_TRIGGERS ? [`${triggers.length} triggers; a function may have ${MAX_TRIGGERS}`] : []),
  ];
}

module.exports = { planFunctions };
