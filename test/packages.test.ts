import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

interface Locked {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

const lock: { readonly packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync('package-lock.json', 'utf8'),
);
const { '': project, ...packages } = lock.packages;
const locked = Object.entries(packages);
const manifest: { readonly allowScripts: Readonly<Record<string, boolean>> } = JSON.parse(
  readFileSync('package.json', 'utf8'),
);

describe('every package of the lock file', () => {
  test('has the digest that its download must have', () => {
    const without = locked.filter(([, { integrity = '' }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity));

    expect(project).toBeDefined();
    expect(locked.length).toBeGreaterThan(100);
    expect(without.map(([path]) => path)).toEqual([]);
  });

  test('is taken from whatever registry is configured', () => {
    const bound = locked.filter(([, { resolved, link }]) => resolved !== undefined || link === true);

    expect(bound.map(([path]) => path)).toEqual([]);
  });
});

describe('a script that a package wants to run when it is installed', () => {
  test('is decided on by the name of the package', () => {
    const wanted = locked
      .filter(([, { hasInstallScript }]) => hasInstallScript === true)
      .map(([path]) => path.replace(/^.*node_modules\//, ''));

    expect(wanted.toSorted()).toEqual(Object.keys(manifest.allowScripts).toSorted());
  });

  test("is run for esbuild alone, which puts its platform's program in place", () => {
    const allowed = Object.entries(manifest.allowScripts).filter(([, isAllowed]) => isAllowed);

    expect(allowed).toEqual([['esbuild', true]]);
  });

  test('fails the install where nobody has decided on it', () => {
    expect(readFileSync('.npmrc', 'utf8').split('\n')).toContain('strict-allow-scripts=true');
  });
});
