// @ts-check
'use strict';

/**
 * How the functions are bundled: read by serverless-esbuild (`custom.esbuild.config`) and by the benchmark, whose figures
 * would mean nothing for bundles made in another way.
 *
 * @see https://github.com/floydspace/serverless-esbuild#configuration
 */
const slim = require('./slim.cjs');

const options = {
  bundle: true,
  minify: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  sourcemap: false,
};

/** Kept out of the bundles: Lambda's runtime brings the AWS SDK along. */
const exclude = ['@aws-sdk/*'];

module.exports = () => ({ ...options, exclude, plugins: [slim()] });
module.exports.esbuildOptions = { ...options, external: exclude };
module.exports.slim = slim;
