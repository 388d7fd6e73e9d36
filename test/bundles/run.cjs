// Runs one bundle in a Node of its own: `node run.cjs <bundle> <export>`, with a line of JSON per invocation on stdin:
// {event, context: {platform, ...}}. Answers each with a line of JSON: {answer} or {error}. No TypeScript: it also runs on 20.15.1.
'use strict';
const { createInterface } = require('node:readline');

/** FunctionGraph's context with exactly the documented methods, on the prototype. */
class FunctionGraphContext {
  #data;
  #startedAtMs = performance.now();
  constructor(data = {}) {
    this.#data = data;
  }
  getRequestID() {
    return this.#data.requestId ?? 'functiongraph-request-1';
  }
  getRemainingTimeInMilliSeconds() {
    return Math.round((this.#data.remainingMs ?? 25_000) - (performance.now() - this.#startedAtMs));
  }
  getRunningTimeInSeconds() {
    return 30_000; // milliseconds, whatever its name says
  }
  getUserData(key) {
    return this.#data.userData?.[key] ?? '';
  }
  getFunctionName() {
    return 'sfs-turbo-du-cleaner-dev-http';
  }
  getVersion() {
    return 'latest';
  }
  getAlias() {
    return '';
  }
  getPackage() {
    return 'default';
  }
  getProjectID() {
    return this.#data.projectId ?? '';
  }
  getMemorySize() {
    return '256';
  }
  getCPUNumber() {
    return '300';
  }
  getLogger() {
    return { info() {}, warn() {}, error() {}, debug() {}, setLevel() {} };
  }
  getToken() {
    return '';
  }
  getAccessKey() {
    return '';
  }
  getSecretKey() {
    return '';
  }
  getSecurityAccessKey() {
    return this.#data.securityAccessKey ?? '';
  }
  getSecuritySecretKey() {
    return this.#data.securitySecretKey ?? '';
  }
  getSecurityToken() {
    return this.#data.securityToken ?? '';
  }
  getWorkflowID() {
    return '';
  }
  getWorkflowRunID() {
    return '';
  }
  getWorkflowStateID() {
    return '';
  }
}

module.exports = { FunctionGraphContext };

function toContext({ platform, ...data }) {
  if (platform === 'functiongraph') return new FunctionGraphContext(data);
  const endsAtMs = performance.now() + (data.remainingMs ?? 25_000);
  return { awsRequestId: data.requestId ?? 'request-1', getRemainingTimeInMillis: () => endsAtMs - performance.now() };
}

async function main([bundle, name]) {
  const handler = require(bundle)[name];
  if (handler.length > 2) throw new Error('Lambda takes a third parameter for a callback, and refuses it');
  // the bundle logs to stdout, so the answers go elsewhere
  const { createWriteStream } = require('node:fs');
  const out = createWriteStream('', { fd: 3 });
  for await (const line of createInterface({ input: process.stdin })) {
    const { event, context } = JSON.parse(line);
    const result = await handler(event, toContext(context)).then(
      (answer) => ({ answer }),
      (error) => ({ error: String(error?.message ?? error) }),
    );
    out.write(`${JSON.stringify(result)}\n`);
  }
  process.exit(0);
}

if (require.main === module) main(process.argv.slice(2));
