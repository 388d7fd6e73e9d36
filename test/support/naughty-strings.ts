/** Texts that mean something to a parser, a shell, a template, a database or a path. */
const MEANINGFUL = [
  '',
  ' ',
  '\t',
  '\n',
  '\r\n',
  'null\0byte',
  '../../../../etc/passwd',
  '..\\..\\windows\\system32',
  './.',
  '..',
  '%2e%2e%2f',
  '%00',
  '%0d%0aset-cookie: a=b',
  '%',
  '%zz',
  '%C0%AF',
  'a/b',
  'a//b',
  'a?b=c',
  'a#b',
  'a;b=c',
  '//evil.example',
  'https://evil.example/',
  'file:///etc/hosts',
  'javascript:alert(1)',
  "' OR '1'='1",
  '1; DROP TABLE tasks',
  '"; --',
  '$(touch x)',
  '`touch x`',
  '| cat',
  '&& true',
  '> out',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text itself is what is tested
  '${7*7}',
  '{{7*7}}',
  '#{7*7}',
  '<% 7*7 %>',
  '<script>alert(1)</script>',
  '<img src=x onerror=alert(1)>',
  '<!-- -->',
  ']]>',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///dev/random">]><a>&b;</a>',
  '&lt;&amp;',
  '@everyone',
  '<!channel>',
  '[link](https://evil.example)',
  '*bold* _italic_ ~struck~',
  '{"a":1}',
  '["a"]',
  '"quoted"',
  "'quoted'",
  '1e309',
  '+1',
  '1.5',
  '1,5',
  '1_000',
  'Infinity!',
  '=1+1',
  '__proto__',
  'hasOwnProperty()',
  'toString ',
  'constructor.name',
  '%s%n%x',
  '%d',
  '{0}',
  '\\u0000',
  '\\x41',
  '\\n',
  '-',
  '_',
  '~',
] as const;

/** Characters that an id must not have: controls, spaces, marks, other scripts, invisible and unpaired ones. */
const CHARACTERS = [
  ...Array.from({ length: 0x21 }, (_, code) => String.fromCharCode(code)),
  ...'!"#$%&\'()*+,./:;<=>?@[\\]^_`{|}~',
  ...['\u007f', '\u0080', '\u0085', '\u00a0', '\u00ad', '\u00b5', '\u00df', '\u0130', '\u0131', '\u017f', '\u212a'],
  ...['\u0301', '\u034f', '\u061c', '\u0660', '\u0967', '\u0e31', '\u115f', '\u180e', '\u1e9e', '\u2000', '\u200b'],
  ...['\u200d', '\u200e', '\u2028', '\u2029', '\u202e', '\u2060', '\u2066', '\u3000', '\u3164', '\u4e00', '\uac00'],
  ...['\ud800', '\udfff', '\ufb01', '\ufe0f', '\ufeff', '\uff0d', '\uff10', '\uff21', '\ufffc', '\ufffd', '\uffff'],
  ...['\u{1d400}', '\u{1f468}\u200d\u{1f469}', '\u{1f1e9}\u{1f1ea}', '\u{1f600}', '\u{e0041}', '\u{10ffff}'],
] as const;

/** Each character alone, and in front of, within and behind what would be an id. */
const PLACED = CHARACTERS.flatMap((character) => [
  character,
  `${character}xyz-6f4b`,
  `xy${character}z-6f4b`,
  `xyz-6f4b${character}`,
]);

const LONG = ['a'.repeat(65), 'a'.repeat(5_000), '\u0301'.repeat(300), '['.repeat(2_000), '-'.repeat(100)] as const;

// a path may end with one slash
const HARMLESS = 'xyz-6f4b/';

/** Strings made to break parsers. Only `-` of them is an id. */
export const NAUGHTY_STRINGS: readonly string[] = [...new Set([...MEANINGFUL, ...PLACED, ...LONG])].filter(
  (text) => text !== HARMLESS,
);
