/**
 * Leaves out of the bundles what the packages in them load at start and these functions never use: it costs each cold start
 * time. A part that is left out throws when something does need it, and the build fails when a package no longer
 * has the part, so an update that moves things is noticed here and not by a caller.
 */

/** Code that stands in for a part, and says which one is missing as soon as it is called. */
const refuse = (what) => `throw new Error(${JSON.stringify(`left out of the bundle: ${what}`)});`;

const PARTS = [
  {
    package: 'undici',
    file: 'lib/dispatcher/client-h2.js',
    // loads node:http2; allowH2 is off, so ALPN offers HTTP/1.1 alone and no server can choose this
    contents: `module.exports = () => { ${refuse('HTTP/2')} };`,
  },
  {
    package: 'undici',
    file: 'lib/llhttp/llhttp-wasm.js',
    // the parser once more for processors without SIMD: a fifth of the bundle. V8 has it on every arm64, and on x64 since SSE4.1
    contents: refuse('the HTTP parser without SIMD'),
  },
  {
    package: 'undici',
    file: 'lib/llhttp/constants.js',
    // computes tables, always the same ones: done here instead
    evaluated: true,
  },
  {
    package: 'undici',
    file: 'lib/web/fetch/body.js',
    // turns forms, blobs and iterables into bodies; ours are strings
    contents: `exports.extractBody = () => { ${refuse('bodies but strings')} };`,
  },
  {
    package: 'pino',
    file: 'lib/transport.js',
    // starts worker threads for destinations that are given by name; ours is a function
    contents: `module.exports = () => { ${refuse("pino's transports")} };`,
  },
  {
    package: 'sonic-boom',
    file: 'index.js',
    // writes to files, when pino has no destination of its own
    contents: `module.exports = class { constructor() { ${refuse("pino's file destinations")} } };`,
  },
];

/** Built-in modules that a package loads at start, for something it rarely or never does. */
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
    package: 'pino',
    name: 'worker_threads',
    // asked only by the file destinations above
    contents: '',
  },
];

const literally = (text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
const inPackage = (name, file = '') => new RegExp(`node_modules/${literally(`${name}/${file}`)}`);
const endingIn = (name, file) => new RegExp(`${inPackage(name, file).source}$`);

module.exports = () => ({
  name: 'slim',
  setup(build) {
    build.initialOptions.metafile = true;

    for (const part of PARTS) {
      build.onLoad({ filter: endingIn(part.package, part.file) }, ({ path }) =>
        part.evaluated
          ? { contents: JSON.stringify(require(path)), loader: 'json' }
          : { contents: part.contents, loader: 'js' },
      );
    }
    for (const builtin of BUILTINS) {
      const filter = new RegExp(`^${literally(builtin.name)}$`);
      const namespace = `slim:${builtin.package}`;
      build.onResolve({ filter }, ({ path, importer }) =>
        inPackage(builtin.package).test(importer) ? { path, namespace } : undefined,
      );
      build.onLoad({ filter, namespace }, () => ({ contents: builtin.contents, loader: 'js' }));
    }

    build.onEnd(({ metafile }) => {
      const inputs = Object.keys(metafile?.inputs ?? {});
      const isUsed = (name) => inputs.some((input) => inPackage(name).test(input));
      const missing = [
        ...PARTS.filter((part) => !inputs.some((input) => endingIn(part.package, part.file).test(input))),
        ...BUILTINS.filter((builtin) => !inputs.includes(`slim:${builtin.package}:${builtin.name}`)),
      ].filter((entry) => isUsed(entry.package));
      return {
        errors: missing.map((entry) => ({
          text: `${entry.package} no longer has ${entry.file ?? entry.name}: look at deploy/slim.cjs again`,
        })),
      };
    });
  },
});
