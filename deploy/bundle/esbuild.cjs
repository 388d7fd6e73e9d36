// @ts-check
'use strict';

const path = require('node:path');
const { notices } = require('./notices.cjs');

/**
 * How the functions are bundled. serverless-esbuild reads it (`custom.esbuild.config`), and so does the benchmark: its
 * figures must be those of the bundles that are deployed.
 *
 * @see https://github.com/floydspace/serverless-esbuild#configuration
 */
const options = {
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: false,
};

/** Kept out of the bundles: Lambda's runtime provides the AWS SDK. */
const exclude = ['@aws-sdk/*'];

/**
 * Whole modules that the functions never reach: HTTP/2 is switched off, every V8 that we run on has SIMD, and every body that is
 * sent is text.
 */
const STUBS = [
  // loads node:http2: 2 of 44 ms of the cold start on Node 20.20, 5 of 48 ms on Node 24.21
  {
    module: /undici[\\/]lib[\\/]dispatcher[\\/]client-h2\.js$/,
    contents: `module.exports = () => { ${refuse('HTTP/2')} };`,
  },
  // 72 of 350 KB of the bundle; no gain of time was measured
  {
    module: /undici[\\/]lib[\\/]llhttp[\\/]llhttp-wasm\.js$/,
    contents: refuse('the HTTP parser for processors without SIMD'),
  },
  // with what it needs of fetch 42 of 329 KiB
  {
    module: /undici[\\/]lib[\\/]web[\\/]fetch[\\/]body\.js$/,
    contents: refuse('bodies that are forms or streams of the web'),
  },
];

/** @param {string} what */
function refuse(what) {
  return `throw new Error(${JSON.stringify(`left out of the bundle: ${what}`)});`;
}

/** @type {import('esbuild').Plugin} */
const slim = {
  name: 'slim',
  setup(build) {
    build.onResolve({ filter: /^undici$/ }, () => ({ path: path.join(__dirname, 'undici.mjs') }));
    build.onResolve({ filter: /^node:stream\/web$/ }, () => ({ path: path.join(__dirname, 'web-streams.mjs') }));
    for (const { module, contents } of STUBS) build.onLoad({ filter: module }, () => ({ contents }));
  },
};

module.exports = () => ({ ...options, exclude, plugins: [slim, notices] });
// esbuild itself calls `external` what serverless-esbuild calls `exclude`
module.exports.esbuildOptions = { ...options, external: exclude };
module.exports.slim = slim;
