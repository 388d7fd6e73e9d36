// @ts-check
'use strict';

const { readdirSync, readFileSync, writeFileSync } = require('node:fs');
const path = require('node:path');

const LICENCE_FILE = /^(licen[cs]e|copying|notice)(\.(md|txt))?$/i;

/** Packages that are published without the text of their licence: its file here, by the scope of the package. */
const LICENCE_BY_SCOPE = new Map([['@middy', 'middy.txt']]);

/**
 * Writes the licences of the packages in a bundle beside it: `http.notices.txt` beside `http.js`. What is in a bundle,
 * esbuild itself says. serverless-esbuild takes the file into the zip of its function, since it begins with the name of the
 * bundle.
 *
 * @type {import('esbuild').Plugin}
 */
const notices = {
  name: 'notices',
  setup(build) {
    const { initialOptions: options } = build;
    const folder = options.absWorkingDir ?? process.cwd();
    options.metafile = true;
    build.onEnd(({ metafile }) => {
      if (options.write === false) return;
      for (const [file, { entryPoint, inputs }] of Object.entries(metafile?.outputs ?? {})) {
        if (entryPoint === undefined) continue;
        const packages = packagesOf(inputs).map((directory) => path.resolve(folder, directory));
        writeFileSync(path.resolve(folder, toNoticesFile(file)), toNotices(packages));
      }
    });
  },
};

/** @param {string} bundle */
function toNoticesFile(bundle) {
  return bundle.replace(/\.[cm]?js$/, '.notices.txt');
}

/**
 * The directories of the packages that a bundle has code of.
 *
 * @param {Readonly<Record<string, { readonly bytesInOutput: number }>>} inputs
 */
function packagesOf(inputs) {
  const directories = Object.entries(inputs)
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([file]) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file) ?? []);
  return [...new Set(directories)];
}

/** @param {readonly string[]} directories */
function toNotices(directories) {
  const entries = directories.map(toNotice).toSorted((a, b) => (a.title < b.title ? -1 : 1));
  return entries.map(({ title, text }) => `${title}\n\n${text}\n`).join(`\n${'-'.repeat(80)}\n\n`);
}

/**
 * @param {string} directory
 * @throws {Error} when the package has no text of its licence
 */
function toNotice(directory) {
  const { name, version, license } = JSON.parse(readFileSync(path.join(directory, 'package.json'), 'utf8'));
  const known = LICENCE_BY_SCOPE.get(name.split('/')[0]);
  const files = readdirSync(directory)
    .filter((file) => LICENCE_FILE.test(file))
    .toSorted()
    .map((file) => path.join(directory, file));
  if (files.length === 0 && known !== undefined) files.push(path.join(__dirname, 'licences', known));
  if (files.length === 0) throw new Error(`${name} has no file with the text of its licence (${license})`);
  const text = files.map((file) => readFileSync(file, 'utf8').trim()).join('\n\n');
  return { title: `${name} ${version} (${license})`, text };
}

module.exports = { notices };
