// @ts-check
'use strict';

const { existsSync, readFileSync } = require('node:fs');
const path = require('node:path');
const { toFunctionGraphZip } = require('./code.cjs');
const { UserError } = require('./failure.cjs');

/**
 * The code of a function, as packaging left it.
 *
 * @param {import('./framework.cjs').Serverless} serverless
 * @param {import('./plan/functions.cjs').FunctionPlan} plan
 * @returns {Promise<Buffer>} zip for FunctionGraph
 * @throws {UserError} when it cannot be deployed
 */
async function readCode({ service, serviceDir }, { key, sourceHandler }) {
  const artifact = service.functions[key]?.package?.artifact ?? service.package.artifact;
  const file = path.resolve(serviceDir, artifact ?? '');
  if (artifact === undefined || !existsSync(file)) {
    throw new UserError('FUNCTIONGRAPH_CODE', `${key}: packaging left no artifact.`);
  }
  try {
    return await toFunctionGraphZip(readFileSync(file), sourceHandler);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError('FUNCTIONGRAPH_CODE', `${key}: ${path.basename(file)} cannot be deployed: ${reason}.`);
  }
}

module.exports = { readCode };
