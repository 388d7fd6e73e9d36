// @ts-check
'use strict';

/**
 * The part of the Serverless Framework that is used here. It has no types of its own.
 *
 * @import { FunctionSettings } from './settings/function.cjs'
 * @import { ServiceSettings } from './settings/service.cjs'
 *
 * @typedef {object} ServiceFunction
 * @property {string} handler
 * @property {Readonly<Record<string, unknown>>} [environment]
 * @property {FunctionSettings} [functiongraph]
 * @property {{ artifact?: string }} [package]
 *
 * @typedef {object} Service
 * @property {string} service its name
 * @property {{ functiongraph?: ServiceSettings }} [custom]
 * @property {{ environment?: Readonly<Record<string, unknown>> }} provider
 * @property {Record<string, ServiceFunction>} functions
 * @property {{ artifact?: string }} package
 *
 * @typedef {object} AwsProvider
 * @property {() => string} getStage
 * @property {() => string} getRegion
 * @property {() => Promise<import('@aws-sdk/client-secrets-manager').SecretsManagerClientConfig>} getAwsSdkV3Config
 *
 * @typedef {object} Serverless
 * @property {string} serviceDir
 * @property {Service} service
 * @property {(name: 'aws') => AwsProvider} getProvider
 * @property {{ commands: readonly string[] }} processedInput
 * @property {{ spawn(command: string): Promise<void> }} pluginManager
 * @property {{
 *   defineCustomProperties(schema: object): void,
 *   defineFunctionProperties(provider: 'aws', schema: object): void,
 * }} configSchemaHandler
 * @property {{ Error: new (message: string, code: string) => Error }} classes
 *
 * @typedef {{ update(text: string): void, remove(): void }} ProgressBar
 *
 * @typedef {object} Writers
 * @property {{ notice(text?: string): void, success(text: string): void, warning(text: string): void }} log
 * @property {{ create(options: { name: string, message: string }): ProgressBar }} progress
 * @property {(text: string | string[]) => void} writeText
 */

module.exports = {};
