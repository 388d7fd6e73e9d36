// @ts-check
'use strict';

/** @import { FunctionPlan } from './functions.cjs' */

// "Configuring Environment Variables" (2024-08-15) names regions that take 4,096; of the others FSS.1018 says 2 KB
const SAFE_CHARS = 2048;

/**
 * @param {readonly FunctionPlan[]} plans
 * @returns {string[]} of which functions the variables may be too long for the region
 */
function warningsOfVariables(plans) {
  return plans.flatMap(({ key, userData, encryptedUserData }) => {
    const chars = JSON.stringify(userData).length + JSON.stringify(encryptedUserData).length;
    if (chars < SAFE_CHARS) return [];
    return [
      `${key}: its variables have ${chars} characters. Some regions take ${SAFE_CHARS} and refuse more with FSS.1018.`,
    ];
  });
}

module.exports = { warningsOfVariables };
