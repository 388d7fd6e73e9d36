// @ts-check
'use strict';

/**
 * Serverless reads this file for the name of each function's secret: `${file(./deploy/aws/secret-ids.cjs):http}`. Each has one
 * of its own, so that what comes in through one function does not reach the secrets of the others.
 *
 * @param {{ resolveVariable: (address: string) => Promise<unknown> }} serverless
 * @returns {Promise<{ http: string, timer: string, chat: string }>} blank where `SECRETS_ID` is set to nothing: no secret is read
 */
module.exports = async ({ resolveVariable }) => {
  const prefix = String(await resolveVariable('param:secretId')).trim();
  const idOf = (/** @type {string} */ name) => (prefix === '' ? '' : `${prefix}/${name}`);
  return { http: idOf('http'), timer: idOf('timer'), chat: idOf('chat') };
};
