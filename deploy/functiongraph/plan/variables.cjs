// @ts-check
'use strict';

/** @import { Variables } from '../settings/shared.cjs' */

// error codes FSS.1017 and FSS.1018; CreateFunction, parameters user_data and encrypted_user_data
const MAX_VARIABLES = 20;
const MAX_CHARS = 4096;

/**
 * @param {Variables} variables
 * @returns {Readonly<Record<string, string>>} without the blank ones: `${env:NAME, ''}` may stand for an optional secret
 */
function setVariables(variables) {
  const set = Object.entries(variables).filter(([, value]) => value !== '');
  return Object.fromEntries(set.map(([name, value]) => [name, String(value)]));
}

/**
 * What is more than FunctionGraph takes of plain variables goes with the encrypted ones: a function reads both alike.
 *
 * @param {Variables} userData
 * @param {Variables} encryptedUserData
 * @returns {{ userData: Readonly<Record<string, string>>, encryptedUserData: Readonly<Record<string, string>> }}
 */
function placeVariables(userData, encryptedUserData) {
  const plain = Object.entries(setVariables(userData));
  return {
    userData: Object.fromEntries(plain.slice(0, MAX_VARIABLES)),
    encryptedUserData: { ...setVariables(encryptedUserData), ...Object.fromEntries(plain.slice(MAX_VARIABLES)) },
  };
}

/**
 * @param {'userData' | 'encryptedUserData'} field
 * @param {Readonly<Record<string, string>>} variables
 * @returns {string[]} why FunctionGraph would refuse them; a value is in no fault
 */
function faultsOfVariables(field, variables) {
  const names = Object.keys(variables);
  const chars = JSON.stringify(variables).length;
  return [
    ...names
      .filter((name) => name.startsWith('RUNTIME_'))
      .map((name) => `${field}: names that begin with RUNTIME_, like ${name}, are reserved by FunctionGraph`),
    ...(names.length > MAX_VARIABLES
      ? [
          `${field}: ${names.length} variables; FunctionGraph takes ${MAX_VARIABLES}. Leave out those that have their default value.`,
        ]
      : []),
    ...(chars > MAX_CHARS
      ? [`${field}: ${chars} characters of names and values; FunctionGraph takes ${MAX_CHARS}`]
      : []),
  ];
}

/**
 * @param {Variables} userData
 * @param {Variables} encryptedUserData
 * @returns {string[]}
 */
function faultsOfBoth(userData, encryptedUserData) {
  return Object.keys(userData)
    .filter((name) => name in encryptedUserData)
    .map((name) => `${name} is both in userData and in encryptedUserData`);
}

module.exports = { faultsOfBoth, faultsOfVariables, placeVariables };
