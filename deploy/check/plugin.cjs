// @ts-check
'use strict';

/** @import { AwsProvider, Serverless, Writers } from '../functiongraph/framework.cjs' */

/**
 * Serverless plugin: nothing is deployed to AWS whose functions would find their variables missing or wrong. Packaging
 * warns of the same. `serverless functiongraph deploy` has a check of its own.
 */
class VariableCheckPlugin {
  /**
   * @param {Serverless} serverless
   * @param {{ readonly function?: string }} options
   * @param {Writers} writers
   */
  constructor(serverless, options, { log }) {
    const provider = () => serverless.getProvider('aws');
    // loaded late: each command of Serverless loads this file
    const check = (/** @type {AwsProvider | undefined} */ reader) =>
      require('./aws.cjs').checkForAws(serverless.service, process.env, reader, options.function);

    const stopIfFaulty = async () => {
      const { faults, warnings } = await check(provider());
      for (const warning of warnings) log.warning(warning);
      if (faults.length === 0) return;
      throw new serverless.classes.Error(
        `Nothing was deployed: variables are missing or wrong.\n${indent(faults)}`,
        'VARIABLES',
      );
    };
    const warn = async () => {
      // packaging is also a part of other commands
      if (serverless.processedInput.commands.join(' ') !== 'package') return;
      const { faults, warnings } = await check(undefined);
      if (faults.length > 0) log.warning(`As it is, a deployment would stop at variables:\n${indent(faults)}`);
      for (const warning of warnings) log.warning(warning);
    };

    this.hooks = {
      'before:package:cleanup': warn,
      // after packaging, so that what an earlier `serverless package` has put down counts where that is deployed
      'before:deploy:deploy': stopIfFaulty,
      'before:deploy:function:initialize': stopIfFaulty,
    };
  }
}

/** @param {readonly string[]} lines */
function indent(lines) {
  return lines.map((line) => `  ${line}`).join('\n');
}

module.exports = VariableCheckPlugin;
