// @ts-check
'use strict';

const { listTriggers } = require('./api/triggers.cjs');
const { isOwn } = require('./ownership.cjs');
const { describeTrigger } = require('./triggers.cjs');

/**
 * @import { Client } from './api/client.cjs'
 * @import { ExistingFunction } from './api/functions.cjs'
 * @import { FunctionPlan } from './plan/functions.cjs'
 * @import { Target } from './target.cjs'
 * @import { ExistingTrigger } from './triggers.cjs'
 */

/**
 * The functions and triggers as they are, for people.
 *
 * @param {Client} client
 * @param {Target} target
 * @param {readonly FunctionPlan[]} plans
 * @param {readonly ExistingFunction[]} existing
 * @returns {Promise<string[]>} lines
 */
async function readReport(client, target, plans, existing) {
  const own = existing.filter((fn) => isOwn(target, fn));
  const missing = plans.filter(({ urn }) => !own.some((fn) => fn.urn === urn));
  /** @type {string[]} */
  const functions = [];
  for (const fn of own) functions.push(...describeFunction(fn, await listTriggers(client, fn.urn)));
  return [
    `service: ${target.name}`,
    `stage: ${target.stage}`,
    `region: ${target.settings.region}`,
    `project: ${target.credentials.projectId}`,
    'functions:',
    ...functions,
    ...missing.flatMap(({ name }) => [`  ${name}`, '    not deployed']),
  ];
}

/**
 * @param {ExistingFunction} fn
 * @param {readonly ExistingTrigger[]} triggers
 * @returns {string[]}
 */
function describeFunction({ name, urn, runtime, memoryMB, timeoutSeconds, lastModified }, triggers) {
  return [
    `  ${name}`,
    `    ${urn}`,
    `    ${runtime}, ${memoryMB} MB, ${timeoutSeconds} s, modified ${lastModified}`,
    ...triggers.map((trigger) => `    ${describeExisting(trigger)}`),
  ];
}

/** @param {ExistingTrigger} trigger */
function describeExisting(trigger) {
  const { type, status, eventData } = trigger;
  if (type === 'DEDICATEDGATEWAY') {
    const url = eventData['invoke_url'] ?? `${eventData['path']} of API group ${eventData['group_id']}`;
    return `${eventData['req_method']} ${url} (${eventData['auth']})`;
  }
  if (type === 'TIMER') return `timer ${eventData['name']}: ${eventData['schedule']} (${status})`;
  return `${describeTrigger(trigger)} (${status}), not managed here`;
}

module.exports = { readReport };
