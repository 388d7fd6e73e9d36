// Loaded into serverless-offline before anything else, and into the worker thread of each function.
'use strict';
const { rmSync } = require('node:fs');
const tls = require('node:tls');
const { isMainThread } = require('node:worker_threads');

/** Nothing outlives the process that started this one, however that one ended: its end closes the channel. */
function endWithStarter() {
  const folder = process.cwd();
  process.on('disconnect', () => {
    rmSync(folder, { recursive: true, force: true });
    process.exit(0);
  });
  // it may have ended before the line above
  if (!process.connected) process.emit('disconnect');
}

/** The functions post to Slack's own host only. Here its connections end at the local chat. */
function leadSlackTo({ port, cert }) {
  const { connect } = tls;
  tls.connect = (options, ...rest) => {
    const isSlack = options?.host === 'hooks.slack.com';
    return connect(isSlack ? { ...options, host: '127.0.0.1', port, ca: cert } : options, ...rest);
  };
}

if (isMainThread) endWithStarter();
else if (process.env.LOCAL_SLACK) leadSlackTo(JSON.parse(process.env.LOCAL_SLACK));
