// @ts-check
'use strict';

/**
 * Serverless reads this file for who is told of alarms. SNS writes to the address once, and sends nothing more until somebody
 * has followed the link in that message.
 *
 * @param {{ resolveVariable: (address: string) => Promise<unknown> }} serverless
 * @returns {Promise<readonly { Protocol: 'email', Endpoint: string }[]>} none without `ALARM_EMAIL`
 */
module.exports = async ({ resolveVariable }) => {
  const address = String(await resolveVariable("env:ALARM_EMAIL, ''")).trim();
  return address === '' ? [] : [{ Protocol: 'email', Endpoint: address }];
};
