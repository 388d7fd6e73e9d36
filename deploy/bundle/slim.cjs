// @ts-check
'use strict';

const { readFileSync } = require('node:fs');

/**
 * Leaves out of the bundles what the packages in them load at start and these functions never use: it costs each cold start
 * time. A part that is left out throws when something does need it, and the build fails when a package no longer
 * has the part, so an update that moves things is noticed here and not by a caller. One line is replaced, which costs each
 * call.
 *
 * @typedef {object} Part A file of a package.
 * @property {string} package
 * @property {string} name its path in the package
 * @property {string} [contents] what takes its place
 * @property {readonly string[]} [exports] what takes its place: these of its exports, worked out when the bundle is made
 * @property {readonly [string, string]} [replaced] what stands in it once, and what takes its place
 *
 * @typedef {object} Builtin A module of Node, where a package loads it.
 * @property {string} [package] nothing: this project itself
 * @property {string} name
 * @property {string} contents what takes its place
 */

/**
 * Code that says what is missing as soon as it runs.
 *
 * @param {string} what
 */
const refuse = (what) => `throw new Error(${JSON.stringify(`left out of the bundle: ${what}`)});`;

/**
 * Code with the exports of a module that is loaded when one of them is first read.
 *
 * @param {string} name
 * @param {readonly string[]} exported
 */
function lazily(name, exported) {
  const getters = exported.map((key) => `get ${key}() { return load().${key}; }`);
  return `let loaded; const load = () => (loaded ??= require('${name}')); module.exports = { ${getters.join(', ')} };`;
}

/** @type {readonly Part[]} */
const PARTS = [
  {
    package: 'undici',
    name: 'lib/dispatcher/client-h2.js',
    // loads node:http2; allowH2 is off, so ALPN offers HTTP/1.1 alone and no server can choose this
    contents: `module.exports = () => { ${refuse('HTTP/2')} };`,
  },
  {
    package: 'undici',
    name: 'lib/llhttp/llhttp-wasm.js',
    // the parser once more for processors without SIMD: a fifth of the bundle. V8 has it on every arm64, and on x64 since SSE4.1
    contents: refuse('the HTTP parser without SIMD'),
  },
  {
    package: 'undici',
    name: 'lib/llhttp/constants.js',
    // computes tables, always the same ones, of which client-h1 reads two
    exports: ['ERROR', 'TYPE'],
  },
  {
    package: 'undici',
    name: 'lib/core/util.js',
    // walks through the 9 KB of a token for each request; the one that was found valid last is known by its identity
    replaced: [
      'return !headerCharRegex.test(characters)',
      `if (characters === isValidHeaderValue.last) return true
       const isValid = !headerCharRegex.test(characters)
       if (isValid && characters.length > 1024) isValidHeaderValue.last = characters
       return isValid`,
    ],
  },
  {
    package: 'undici',
    name: 'lib/web/fetch/body.js',
    // turns forms, blobs and iterables into bodies; ours are strings
    contents: `exports.extractBody = () => { ${refuse('bodies but strings')} };`,
  },
  {
    package: '@pinojs/redact',
    name: 'index.js',
    // blots out named fields; our lines have none to blot out, as a field that is not listed does not compile
    contents: `module.exports = () => { ${refuse("pino's redaction")} };`,
  },
];

/** @type {readonly Builtin[]} */
const BUILTINS = [
  {
    package: 'undici',
    name: 'node:assert',
    // loads the printing of differences, and the standard error stream with it: needed only to fail
    contents: "module.exports = (value, ...rest) => { if (!value) require('node:assert')(value, ...rest); };",
  },
  {
    package: '@middy/core',
    name: 'node:stream/web',
    // for answers that are streamed; Node loads the same class when the global is first touched
    contents: "Object.defineProperty(exports, 'ReadableStream', { enumerable: true, get: () => ReadableStream });",
  },
  {
    package: 'undici',
    name: 'node:http',
    // for a default that the transport does not leave open, and for bodies that are messages of that module; ours are strings
    contents: '',
  },
  {
    name: 'node:crypto',
    // takes as long to load as all of undici, and the token's request can leave before
    contents: lazily('node:crypto', [
      'createDecipheriv',
      'createHash',
      'createHmac',
      'hash',
      'randomUUID',
      'timingSafeEqual',
    ]),
  },
];

/**
 * @param {Readonly<Record<string, unknown>>} whole
 * @param {readonly string[]} names
 */
const pick = (whole, names) => Object.fromEntries(names.map((name) => [name, whole[name]]));

/**
 * @param {Part} part
 * @param {string} path
 * @returns {import('esbuild').OnLoadResult}
 */
function substitute(part, path) {
  if (part.exports !== undefined) {
    return { contents: JSON.stringify(pick(require(path), part.exports)), loader: 'json' };
  }
  if (part.replaced === undefined) return { contents: part.contents ?? '' };
  const [before, after] = part.replaced;
  const pieces = readFileSync(path, 'utf8').split(before);
  if (pieces.length !== 2) return { errors: [{ text: changed(part, `"${before}"`) }] };
  return { contents: pieces.join(after) };
}

/**
 * @param {{ readonly package?: string, readonly name: string }} where
 * @param {string} what
 */
const changed = (where, what) => `${where.package} has no ${what} any more: look at deploy/bundle/slim.cjs again`;

/** @param {string} text */
const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** @param {string} [name] */
const inPackage = (name) =>
  name === undefined ? /^(?!.*node_modules)/ : new RegExp(`node_modules/${literally(name)}/`);

/** @param {Part} part */
const isPart = (part) => new RegExp(`${inPackage(part.package).source}${literally(part.name)}$`);

/** @returns {import('esbuild').Plugin} */
module.exports = () => ({
  name: 'slim',
  setup(build) {
    build.initialOptions.metafile = true;

    for (const part of PARTS) {
      build.onLoad({ filter: isPart(part) }, ({ path }) => substitute(part, path));
    }
    for (const builtin of BUILTINS) {
      const filter = new RegExp(`^${literally(builtin.name)}$`);
      const namespace = `slim:${builtin.package}`;
      // what takes its place loads the module itself
      build.onResolve({ filter }, ({ path, importer, namespace: from }) =>
        from === 'file' && inPackage(builtin.package).test(importer) ? { path, namespace } : undefined,
      );
      build.onLoad({ filter, namespace }, () => ({ contents: builtin.contents, loader: 'js' }));
    }

    build.onEnd(({ metafile }) => {
      const inputs = Object.keys(metafile?.inputs ?? {});
      const missing = [
        ...PARTS.filter((part) => !inputs.some((input) => isPart(part).test(input))),
        ...BUILTINS.filter((builtin) => !inputs.includes(`slim:${builtin.package}:${builtin.name}`)),
      ].filter((entry) => entry.package !== undefined && inputs.some((input) => inPackage(entry.package).test(input)));
      const errors = missing.map((entry) => ({
        text: changed(entry, entry.name),
      }));
      return { errors };
    });
  },
});
