// @ts-check
'use strict';

const { describeTrigger, isRecord } = require('./plan.cjs');

/**
 * What a person reads: functions and triggers as they are, and why a command failed.
 *
 * @typedef {import('./api.cjs').ExistingFunction} ExistingFunction
 * @typedef {import('./plan.cjs').ExistingTrigger} ExistingTrigger
 */

/** What the user can put right: shown without a stack trace. */
class UserError extends Error {
  /**
   * @param {string} code
   * @param {string} message
   */
  constructor(code, message) {
    super(message);
    this.name = 'UserError';
    this.code = code;
  }
}

/**
 * @param {{ name: string, stage: string, region: string, projectId: string }} service
 * @param {readonly { fn: ExistingFunction, triggers: readonly ExistingTrigger[] }[]} found
 * @param {readonly string[]} missing names of functions that are in serverless.yml and not on FunctionGraph
 * @returns {string[]} lines
 */
function describeFunctions({ name, stage, region, projectId }, found, missing) {
  return [
    `service: ${name}`,
    `stage: ${stage}`,
    `region: ${region}`,
    `project: ${projectId}`,
    'functions:',
    ...found.flatMap(({ fn, triggers }) => [
      `  ${fn.name}`,
      `    ${fn.urn}`,
      `    ${fn.runtime}, ${fn.memoryMB} MB, ${fn.timeoutSeconds} s, modified ${fn.lastModified}`,
      ...triggers.map((trigger) => `    ${describeExisting(trigger)}`),
    ]),
    ...missing.flatMap((missingName) => [`  ${missingName}`, '    not deployed']),
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

/**
 * @param {unknown} error
 * @param {string} step
 * @param {readonly string[]} context
 * @returns {unknown} a failed request as a message for people; anything else as it is, for it is a bug
 */
function explain(error, step, context) {
  if (error instanceof UserError) return new UserError(error.code, [error.message, ...context].join('\n'));
  if (!(error instanceof Error && error.name === 'ApiError' && isRecord(error))) return error;
  const { status, code, requestId } = error;
  const answer = [
    status === undefined ? 'no answer from FunctionGraph' : `HTTP ${status}`,
    ...(requestId === undefined ? [] : [`request id ${requestId}`]),
  ].join(', ');
  const advice = adviceFor(status, code);
  return new UserError(
    'FUNCTIONGRAPH_REQUEST',
    [
      `${step}: failed.`,
      `  ${code === undefined ? '' : `${code} `}${error.message} (${answer})`,
      ...(advice === undefined ? [] : [`  ${advice}`]),
      ...context,
    ].join('\n'),
  );
}

/**
 * @param {unknown} status
 * @param {unknown} code
 */
function adviceFor(status, code) {
  if (status === undefined) return 'Check the network, custom.functiongraph.region and FUNCTIONGRAPH_ENDPOINT.';
  if (status === 401) {
    return 'Check HW_ACCESS_KEY, HW_SECRET_KEY, HW_SECURITY_TOKEN and this clock; five refusals in a row lock the key for 5 minutes.';
  }
  if (code === 'FSS.1055') return 'Create the application of custom.functiongraph.application first.';
  if (status === 403) return 'The IAM user needs the permissions that the README names.';
  if (status === 429) return 'FunctionGraph is throttling this account: wait a minute.';
  return undefined;
}

/**
 * @param {string} text
 * @param {readonly string[]} secrets
 */
function redact(text, secrets) {
  return secrets.reduce((result, secret) => result.replaceAll(secret, '***'), text);
}

module.exports = { UserError, describeFunctions, explain, redact };
