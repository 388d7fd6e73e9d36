// @ts-check
'use strict';

/**
 * What a command works with.
 *
 * @import { Client } from '../api/client.cjs'
 * @import { Serverless, Writers } from '../framework.cjs'
 * @import { Target } from '../target.cjs'
 *
 * @typedef {object} Context
 * @property {Serverless} serverless
 * @property {Writers} writers
 * @property {Target} target
 * @property {Client} client
 * @property {{ readonly force?: boolean, readonly yes?: boolean }} options of the command line
 *
 * @typedef {object} Command
 * @property {(target: Target) => void} check throws a UserError, before any request, when the command cannot work
 * @property {(context: Context) => Promise<void>} run
 */

module.exports = {};
