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
 *
 * @typedef {(context: Context) => Promise<void>} Command
 */

module.exports = {};
