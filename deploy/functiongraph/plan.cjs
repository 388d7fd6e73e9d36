// @ts-check
'use strict';

const { createHash } = require('node:crypto');

/**
 * From the settings in serverless.yml to what shall exist on FunctionGraph: pure functions, no request is sent here.
 *
 * @typedef {Readonly<Record<string, string | number | boolean>>} Variables
 * @typedef {{ maxRetries?: number, maxAgeSeconds?: number }} AsyncInvocation
 * @typedef {{ instanceId: string, groupId: string, environmentId?: string, environmentName?: string }} Gateway
 * @typedef {'NONE' | 'IAM' | 'APP'} RouteAuth
 * @typedef {{ method: string, path: string, auth: RouteAuth, match?: 'exact' | 'prefix', timeoutMs?: number }} Route
 * @typedef {{
 *   name: string, cron?: string, rate?: string, timezone?: string, userEvent?: string, enabled?: boolean,
 * }} Timer
 *
 * @typedef {object} Settings `custom.functiongraph`; schema.cjs says what each key means
 * @property {string} region
 * @property {string} [cloud]
 * @property {string} [runtime]
 * @property {string} [application]
 * @property {string} [agency]
 * @property {boolean} [ltsLogs]
 * @property {Gateway} [gateway]
 * @property {Variables} [userData]
 * @property {Variables} [encryptedUserData]
 * @property {AsyncInvocation} [asyncInvocation]
 *
 * @typedef {object} FunctionSettings `functions.<key>.functiongraph`
 * @property {number} memoryMB
 * @property {number} timeoutSeconds
 * @property {number} [maxInstances]
 * @property {Variables} [userData]
 * @property {Variables} [encryptedUserData]
 * @property {AsyncInvocation} [asyncInvocation]
 * @property {readonly Route[]} [routes]
 * @property {Timer} [timer]
 *
 * @typedef {{ readonly handler: string, readonly functiongraph?: FunctionSettings }} ServiceFunction
 *
 * @typedef {object} Service
 * @property {string} name
 * @property {string} stage
 * @property {string} projectId
 * @property {Settings} settings
 * @property {Readonly<Record<string, ServiceFunction>>} functions
 *
 * @typedef {'TIMER' | 'DEDICATEDGATEWAY'} TriggerType the types that this command manages; all others are left alone
 * @typedef {'ACTIVE' | 'DISABLED'} TriggerStatus
 *
 * @typedef {object} TriggerPlan
 * @property {TriggerType} type
 * @property {TriggerStatus} status
 * @property {Readonly<Record<string, unknown>>} eventData in the API's own names
 *
 * @typedef {object} ExistingTrigger
 * @property {string} id
 * @property {string} type
 * @property {string} status
 * @property {Readonly<Record<string, unknown>>} eventData
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
 * @property {string} userData JSON
 * @property {string} encryptedUserData JSON
 * @property {string | undefined} agency
 * @property {boolean | undefined} ltsLogs
 * @property {number | undefined} maxInstances
 * @property {AsyncInvocation | undefined} asyncInvocation
 * @property {readonly TriggerPlan[]} triggers
 */

// limits of a function's variables, of its name and of its triggers: FunctionGraph API reference, CreateFunction and
// error codes FSS.1017, FSS.1018; "Notes and Constraints"
const MAX_VARIABLES = 20;
const MAX_VARIABLES_CHARS = 4096;
const MAX_NAME_CHARS = 60;
const MAX_TRIGGERS = 10;
const MAX_GATEWAY_TIMEOUT_MS = 60_000;
const NAME = /^[A-Za-z](?:[A-Za-z0-9_-]*[A-Za-z0-9])?$/;
const HANDLER = /^(?<directory>(?:[\w-]+\/)*)(?<file>[\w-]+)\.(?<exported>\w+)$/;
// second minute hour day month, and a weekday that may be left out: "Cron Expressions for a Function Timer Trigger"
const CRON = /^(?:@every \S+|[\d?*/,A-Za-z-]+(?: [\d?*/,A-Za-z-]+){4,5})$/;

/** Settings that cannot be deployed; every fault is named, no value is. */
class SettingsError extends Error {
  /** @param {readonly string[]} faults */
  constructor(faults) {
    super(faults.join('\n'));
    this.name = 'SettingsError';
    this.faults = faults;
  }
}

/**
 * Marks a function as belonging to this service and stage. Only functions with this very description are ever changed
 * or deleted: two services may have names that add up to the same function name (`a-b` + `c` and `a` + `b-c`).
 *
 * @param {{ name: string, stage: string }} service
 */
function ownershipMark({ name, stage }) {
  return `Deployed by Serverless: service ${name}, stage ${stage}`;
}

/**
 * @param {Service} service
 * @returns {FunctionPlan[]} in the order of serverless.yml
 * @throws {SettingsError} naming everything that FunctionGraph would refuse
 */
function planFunctions(service) {
  /** @type {string[]} */
  const faults = [];
  /** @type {FunctionPlan[]} */
  const plans = [];
  for (const [key, { handler, functiongraph }] of Object.entries(service.functions)) {
    if (functiongraph === undefined) continue;
    plans.push(planFunction(service, key, handler, functiongraph, (fault) => faults.push(`${key}: ${fault}`)));
  }
  if (plans.length === 0) faults.push('no function has a functiongraph section');
  if (faults.length > 0) throw new SettingsError(faults);
  return plans;
}

/**
 * @param {Service} service
 * @param {string} key
 * @param {string} sourceHandler
 * @param {FunctionSettings} own
 * @param {(fault: string) => void} report
 * @returns {FunctionPlan}
 */
function planFunction(service, key, sourceHandler, own, report) {
  const { settings } = service;
  const name = `${service.name}-${service.stage}-${key}`;
  if (name.length > MAX_NAME_CHARS) report(`the name ${name} has more than ${MAX_NAME_CHARS} characters`);
  if (!NAME.test(name)) report(`the name ${name} may hold letters, digits, _ and - only`);

  const { file, exported } = HANDLER.exec(sourceHandler)?.groups ?? {};
  if (file === undefined) report(`the handler ${sourceHandler} is not of the form directory/file.export`);

  const userData = { ...settings.userData, ...own.userData };
  const encryptedUserData = { ...settings.encryptedUserData, ...own.encryptedUserData };
  for (const variable of Object.keys(userData)) {
    if (variable in encryptedUserData) report(`${variable} is both in userData and in encryptedUserData`);
  }

  const application = settings.application ?? 'default';
  const triggers = [
    ...(own.timer ? [planTimer(own.timer, report)] : []),
    ...planRoutes(name, own, settings.gateway, report),
  ];
  if (triggers.length > MAX_TRIGGERS) report(`${triggers.length} triggers; a function may have ${MAX_TRIGGERS}`);

  return {
    key,
    name,
    application,
    urn: `urn:fss:${settings.region}:${service.projectId}:function:${application}:${name}`,
    description: ownershipMark(service),
    sourceHandler,
    handler: `${file}.${exported}`,
    runtime: settings.runtime ?? 'Node.js20.15',
    memoryMB: own.memoryMB,
    timeoutSeconds: own.timeoutSeconds,
    userData: toVariablesJson('userData', userData, report),
    encryptedUserData: toVariablesJson('encryptedUserData', encryptedUserData, report),
    agency: settings.agency,
    ltsLogs: settings.ltsLogs,
    maxInstances: own.maxInstances,
    asyncInvocation:
      settings.asyncInvocation || own.asyncInvocation
        ? { ...settings.asyncInvocation, ...own.asyncInvocation }
        : undefined,
    triggers,
  };
}

/**
 * @param {string} field
 * @param {Variables} variables
 * @param {(fault: string) => void} report
 */
function toVariablesJson(field, variables, report) {
  // a blank variable is a missing one, so that `${env:NAME, ''}` may stand for an optional secret
  const set = Object.entries(variables).flatMap(([name, value]) => (value === '' ? [] : [[name, String(value)]]));
  for (const [name] of set) {
    if (name?.startsWith('RUNTIME_')) report(`${field}: ${name} is a name that FunctionGraph keeps for itself`);
  }
  if (set.length > MAX_VARIABLES) report(`${field}: ${set.length} variables; FunctionGraph takes ${MAX_VARIABLES}`);
  const json = JSON.stringify(Object.fromEntries(set));
  if (json.length > MAX_VARIABLES_CHARS) {
    report(`${field}: ${json.length} characters of names and values; FunctionGraph takes ${MAX_VARIABLES_CHARS}`);
  }
  return json;
}

/**
 * @param {Timer} timer
 * @param {(fault: string) => void} report
 * @returns {TriggerPlan}
 */
function planTimer({ name, cron, rate, timezone, userEvent, enabled }, report) {
  if (cron !== undefined && !CRON.test(cron)) {
    report(`timer: cron must be "second minute hour day month [weekday]" or "@every 30m", not "${cron}"`);
  }
  if (rate !== undefined && timezone !== undefined) report('timer: timezone goes with cron, not with rate');
  return {
    type: 'TIMER',
    status: enabled === false ? 'DISABLED' : 'ACTIVE',
    eventData: {
      name,
      schedule_type: cron === undefined ? 'Rate' : 'Cron',
      schedule: cron === undefined ? (rate ?? '') : timezone === undefined ? cron : `CRON_TZ=${timezone} ${cron}`,
      user_event: userEvent ?? '',
    },
  };
}

/**
 * @param {string} functionName
 * @param {FunctionSettings} own
 * @param {Gateway | undefined} gateway
 * @param {(fault: string) => void} report
 * @returns {TriggerPlan[]}
 */
function planRoutes(functionName, own, gateway, report) {
  const routes = own.routes ?? [];
  if (routes.length === 0) return [];
  if (gateway === undefined || gateway.instanceId === '' || gateway.groupId === '') {
    report('it has routes, so custom.functiongraph.gateway must name a dedicated gateway and its API group');
    return [];
  }
  const keys = routes.map(({ method, path }) => `${method} ${path}`);
  for (const [index, key] of keys.entries()) if (keys.indexOf(key) !== index) report(`route ${key} is there twice`);

  return routes.map(({ method, path, auth, match, timeoutMs }) => ({
    type: 'DEDICATEDGATEWAY',
    status: 'ACTIVE',
    eventData: {
      name: toApiName(functionName, method, path),
      type: 1, // public
      path,
      protocol: 'HTTPS',
      req_method: method,
      auth,
      match_mode: match === 'prefix' ? 'SWA' : 'NORMAL',
      backend_type: 'FUNCTION',
      instance_id: gateway.instanceId,
      group_id: gateway.groupId,
      env_id: gateway.environmentId ?? 'DEFAULT_ENVIRONMENT_RELEASE_ID',
      env_name: gateway.environmentName ?? 'RELEASE',
      // APIG's own default of 5 s would cut a slow call off while the function is still working
      func_info: { timeout: timeoutMs ?? Math.min(own.timeoutSeconds * 1000, MAX_GATEWAY_TIMEOUT_MS) },
    },
  }));
}

/**
 * API names are unique in a group, start with a letter and hold letters, digits and _ only (at most 64).
 *
 * @param {string} functionName
 * @param {string} method
 * @param {string} path
 */
function toApiName(functionName, method, path) {
  const digest = createHash('sha256').update(`${method} ${path}`).digest('hex').slice(0, 8);
  return `${functionName.replaceAll('-', '_').slice(0, 47)}_${method}_${digest}`;
}

/**
 * What turns the triggers that exist into those that are wanted. Equal ones are left alone; of a timer, the status
 * alone can be changed in place (UpdateTrigger takes no schedule), and nothing of a gateway trigger; so a different
 * one is deleted first, because its name and path are taken as long as it exists, and then created.
 *
 * @param {readonly TriggerPlan[]} wanted
 * @param {readonly ExistingTrigger[]} existing
 * @returns {{
 *   obsolete: ExistingTrigger[],
 *   restated: { existing: ExistingTrigger, status: TriggerStatus }[],
 *   missing: TriggerPlan[],
 * }}
 */
function compareTriggers(wanted, existing) {
  const managed = existing.filter(({ type }) => type === 'TIMER' || type === 'DEDICATEDGATEWAY');
  /** @type {Set<ExistingTrigger>} */
  const kept = new Set();
  /** @type {{ existing: ExistingTrigger, status: TriggerStatus }[]} */
  const restated = [];
  /** @type {TriggerPlan[]} */
  const missing = [];
  for (const plan of wanted) {
    const equal = managed.find((trigger) => !kept.has(trigger) && isSameTrigger(plan, trigger));
    if (equal === undefined) {
      missing.push(plan);
      continue;
    }
    kept.add(equal);
    if (equal.status !== plan.status) restated.push({ existing: equal, status: plan.status });
  }
  return { obsolete: managed.filter((trigger) => !kept.has(trigger)), restated, missing };
}

/**
 * @param {TriggerPlan} plan
 * @param {ExistingTrigger} trigger
 */
function isSameTrigger(plan, trigger) {
  if (plan.type !== trigger.type) return false;
  // an empty user_event may be left out of the answer
  const actual = plan.type === 'TIMER' ? { user_event: '', ...trigger.eventData } : trigger.eventData;
  return includes(actual, plan.eventData);
}

/**
 * Whether `actual` says nothing else than `expected`. What FunctionGraph does not report back (the gateway's instance,
 * for one) cannot be compared; without this rule such triggers would be recreated by every deployment.
 *
 * @param {Readonly<Record<string, unknown>>} actual
 * @param {Readonly<Record<string, unknown>>} expected
 * @returns {boolean}
 */
function includes(actual, expected) {
  return Object.entries(expected).every(([key, value]) => {
    const reported = actual[key];
    if (reported === undefined || reported === null) return true;
    if (isRecord(value) && isRecord(reported)) return includes(reported, value);
    return reported === value;
  });
}

/**
 * @param {unknown} value
 * @returns {value is Record<string, unknown>}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * The trigger in a few words, for people.
 *
 * @param {{ type: string, eventData: Readonly<Record<string, unknown>> }} trigger
 */
function describeTrigger({ type, eventData }) {
  if (type === 'TIMER') return `timer ${eventData['name']}`;
  if (type === 'DEDICATEDGATEWAY') return `route ${eventData['req_method']} ${eventData['path']}`;
  return `${type} trigger`;
}

module.exports = {
  SettingsError,
  compareTriggers,
  describeTrigger,
  isRecord,
  ownershipMark,
  planFunctions,
};
