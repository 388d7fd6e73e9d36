// @ts-check
'use strict';

/** @typedef {Readonly<Record<string, unknown>>} Fields */

/**
 * @param {unknown} value
 * @returns {value is Fields}
 */
function isRecord(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * @param {unknown} value
 * @returns {Fields} none, when it is not an object
 */
function fieldsOf(value) {
  return isRecord(value) ? value : {};
}

/**
 * @param {unknown} value
 * @returns {Fields[]} none, when it is not a list; what is not an object in it is left out
 */
function recordsOf(value) {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

module.exports = { fieldsOf, isRecord, recordsOf };
