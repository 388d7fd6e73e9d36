import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';

/** From the top down: a room imports from lower rooms, and from itself. Rooms of one row do not know each other. */
const ROOMS: readonly (readonly string[])[] = [
  ['handlers'],
  ['handlers/command-line'],
  ['handlers/middleware'],
  ['handlers/requests'],
  ['handlers/platform'],
  ['lib/chat'],
  ['lib/app.ts'],
  ['lib/reports'],
  ['lib/check', 'lib/sweep'],
  ['lib/targets'],
  ['lib/tasks'],
  ['lib/sfs-turbo'],
  ['lib/iam'],
  ['lib/config', 'lib/net'],
  ['lib/core'],
];

const files = ['handlers', 'lib'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))
    .map((path) => `${folder}/${path}`),
);

/** The row of the innermost room that a file is in, and the room. */
function placeOf(file: string): { readonly row: number; readonly room: string } | undefined {
  return ROOMS.flatMap((rooms, row) => rooms.map((room) => ({ row, room })))
    .filter(({ room }) => file === room || file.startsWith(`${room}/`))
    .toSorted((a, b) => b.room.length - a.room.length)[0];
}

function importsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, target = '']) => target);
}

function innerImportsOf(file: string): readonly string[] {
  return importsOf(file)
    .filter((target) => target.startsWith('.'))
    .map((target) => normalize(join(dirname(file), target)));
}

test('every module is in a room', () => {
  expect(files.filter((file) => placeOf(file) === undefined)).toEqual([]);
});

test.each(files)('%s imports lower rooms and its own only', (file) => {
  const place = placeOf(file);

  const wrong = innerImportsOf(file).filter((target) => {
    const other = placeOf(target);
    if (place === undefined || other === undefined) return true;
    return other.room !== place.room && other.row <= place.row;
  });

  expect(wrong).toEqual([]);
});

test('no modules import each other in a circle', () => {
  const finished = new Set<string>();
  const circles: string[] = [];

  function visit(file: string, path: readonly string[]): void {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' -> '));
    if (finished.has(file) || path.includes(file)) return;
    for (const target of innerImportsOf(file)) visit(target, [...path, file]);
    finished.add(file);
  }
  for (const file of files) visit(file, []);

  expect(circles).toEqual([]);
});

test('every export is imported by another module', () => {
  const triggers = files.filter((file) => dirname(file) === 'handlers');
  const imports = files.flatMap((file) => namesImportedBy(file).map((statement) => ({ file, ...statement })));
  const unused = files
    .filter((file) => !triggers.includes(file))
    .flatMap((file) => exportsOf(file).map((name) => ({ file, name })))
    .filter(
      ({ file, name }) => !imports.some((other) => other.file !== file && other.from === file && other.names.has(name)),
    );

  expect(unused).toEqual([]);
});

function exportsOf(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  const declared = text.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm);
  return [...declared].map(([, name = '']) => name);
}

/** The names that a file imports by each statement, and from which file. */
function namesImportedBy(file: string): readonly { readonly from: string; readonly names: ReadonlySet<string> }[] {
  const statements = readFileSync(file, 'utf8').matchAll(/import ([^;]*?) from '(\.[^']+)'/g);
  return [...statements].map(([, names = '', path = '']) => ({
    from: normalize(join(dirname(file), path)),
    names: new Set(names.match(/\w+/g)),
  }));
}

describe('lib', () => {
  test.each(files.filter((file) => file.startsWith('lib/')))(
    '%s knows no Middy, no platform and no environment',
    (file) => {
      expect(importsOf(file).filter((target) => /middy|aws|serverless|huaweicloud/.test(target))).toEqual([]);
      expect(readFileSync(file, 'utf8')).not.toMatch(/process\.env|getUserData|getRemainingTime/);
    },
  );
});

/** What stands at the beginning of a line and may change while the program runs. */
function stateIn(text: string): readonly string[] {
  return [...text.matchAll(/^(?:export )?(let|var|const) ([\s\S]*?);\n(?=\S|\n|$)/gm)]
    .filter(([, keyword, declaration = '']) => keyword !== 'const' || isMutable(declaration))
    .map(([, , declaration = '']) => declaration.split('\n', 1)[0] ?? '');
}

/** `declaration`: of a `const`, from its name to the end of its value. */
function isMutable(declaration: string): boolean {
  const [, type = '', value = ''] = /^[^:=]+(?::([\s\S]*?))?(?<![=!<>])=(?![=>])\s*([\s\S]*)$/.exec(declaration) ?? [];
  if (/^\s*(readonly\b|Readonly)/.test(type) || /\bas const\b/.test(value)) return false;
  if (/^new (?!RegExp\()|^\[|^\{|^Object\.|^Array\./.test(value)) return true;
  // a pattern with one of these flags remembers where it stopped
  return /^\/.*\/[a-z]*[gy][a-z]*$/.test(value);
}

describe('no module keeps state of its own', () => {
  test.each(files)('%s', (file) => {
    expect(stateIn(readFileSync(file, 'utf8'))).toEqual([]);
  });

  test.each([
    'let count = 0;',
    'var count = 0;',
    'export let count = 0;',
    'const cache = new Map();',
    'const cache = new Map<string, number>();',
    'export const cache: Map<string, number> = new Map();',
    'const seen = new WeakSet();',
    'const lines: string[] = [];',
    'const state = { count: 0 };',
    'const counts = Object.create(null);',
    'const buffer = Array.from({ length: 3 });',
    'const WORD = /\\w+/g;',
  ])('finds %s', (text) => {
    expect(stateIn(`${text}\n`)).toHaveLength(1);
  });

  test.each([
    'const LIMIT = 3;',
    "const NAMES = ['a', 'b'] as const;",
    'const NAMES: readonly string[] = [];',
    "const NAMES: ReadonlySet<string> = new Set(['a']);",
    'const WORD = /^\\w+$/i;',
    'const SCHEMA = v.object({ a: v.string() });',
    'const isShort = (text: string): boolean => text.length < 3;',
  ])('lets %s pass', (text) => {
    expect(stateIn(`${text}\n`)).toEqual([]);
  });
});
