// @ts-check
'use strict';

const { listFunctions } = require('../api/functions.cjs');
const { explain } = require('../failure.cjs');
const { planFunctions } = require('../plan/functions.cjs');
const { readReport } = require('../report.cjs');
const { assertReachable } = require('../target.cjs');

/** @param {import('./context.cjs').Context} context */
async function info({ writers: { log, writeText }, target, client }) {
  const plans = planFunctions(target);
  try {
    writeText(await readReport(client, target, plans, await listFunctions(client)));
  } catch (error) {
    throw explain('Read the functions and triggers', error);
  }
  log.notice();
}

module.exports = { check: assertReachable, run: info };
