// @ts-check
'use strict';

const { listRuntimes } = require('./api/functions.cjs');
const { UserError } = require('./failure.cjs');

/**
 * @param {import('./api/client.cjs').Client} client
 * @param {readonly import('./plan/functions.cjs').FunctionPlan[]} plans
 * @throws {UserError} when the region offers others, and not the one that is wanted
 */
async function assertRuntimes(client, plans) {
  const offered = await listRuntimes(client);
  const wanted = [...new Set(plans.map(({ runtime }) => runtime))].filter((runtime) => !offered.includes(runtime));
  if (offered.length === 0 || wanted.length === 0) return;
  const choice = offered.filter((runtime) => runtime.startsWith('Node.js'));
  throw new UserError(
    'FUNCTIONGRAPH_RUNTIME',
    `This region does not offer ${wanted.join(', ')}. Set custom.functiongraph.runtime to one of ${choice.join(', ')}; ` +
      'Node.js20.15 is the oldest that the functions are tested on.',
  );
}

module.exports = { assertRuntimes };
