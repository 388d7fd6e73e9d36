// @ts-check

// Mutants that no test can kill, since what they change cannot be seen from outside.
// 2026-11-25, rooms one by one: net 95 %, all that live are below; sweep at least 86 %, with others that live.
//
// | where | mutant | why nothing can differ |
// | --- | --- | --- |
// | `exec(…) ?? []` in duration, task | a first member in the list | the first member is never looked at |
// | `catch` in error-body | `catch {}` | a function without a result gives `undefined` all the same |
// | callers, chat: `= ''` of the parts of an entry | another text | a pattern has made sure that every part is there |
// | config/forms: body of a form | none | the module then fails to load, which Stryker does not count as a failed test |
// | config/sweep: `{ sweep: undefined }` | `{}` | both read as no sweep |
// | config/variable: `?.` of a path | without `?` | an issue of a variable has a path; the `?` is for the compiler |
// | connections: `channels.delete` | none | a channel that is closed can be destroyed once more |
// | connections: a round trip that is known | always | a connection is probed only after an answer |
// | duration: `unit = ''` | another text | it is no unit either |
// | echo, failure-kind: `''` | another text | it is no secret and no code either |
// | exchange: `'reply' in sent` | always | a channel without an answer is retired |
// | exchange: the reason of an abort | another text | nobody reads it |
// | exchange: no head at the end of an answer | never | undici ends no answer that has not begun |
// | exchange: `stopTimers` | empty | a timer that fires afterwards changes nothing |
// | exchange: `#isSettled` | never | a promise takes its first result |
// | interim: `^` and `$` | left out | the text is as long as the pattern |
// | interim: `start === ''` | always | a status has no line end |
// | interim: `&&` of the two patterns | `\|\|` | a 102 or a 103 that is made a 102 is skipped all the same |
// | interim: a CR within a head | any | the parser refuses a CR that begins no line end |
// | policy: `keepLatest === 0` | never | the first 0 of a list are none; it only spares the work |
// | policy: `task.path === undefined` | never | tasks without a path are skipped, and share no path with others |
// | policy: `time.type === 'time'` | always | the others have no `atMs`, and `undefined` is not later |
// | policy, choose-oldest: `<` of ids | `<=` | a list with an id that comes twice is refused in listing |
// | retry: `errCode !== undefined` | always | the set of codes holds no `undefined` |
// | retry: the end of a loop without an attempt | any | there is always one |
// | retry: `endsWith('GMT')` | `startsWith` | V8 reads a second GMT as it reads one |
// | signer: `signed[name]?.` | without `?` | the names are those of the object; the `?` is for the compiler |
// | transport: `'after_reset'` | another text | only `never` and `always` are asked for |
// | trust: `pauseMs > 0` | `>= 0` | no pause is within the trusted one |
//
// The session of `connector` has a test in a process of its own, which is too slow here.

// A time that is read in the zone of the machine must be seen as wrong, and in UTC it is not. In the threads that Stryker
// runs the tests in, they cannot change the zone themselves.
process.env.TZ = 'Asia/Shanghai';

/** @type {import('@stryker-mutator/api/core').PartialStrykerOptions} */
export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  // TypeScript 7 has no API to rewrite a tsconfig.json with, and none needs it here: a name that is not there leaves it be
  tsconfigFile: 'none',
  vitest: { configFile: 'test/mutation/vitest.config.mts' },
  // what deletes, and what decides about it; one room with MUTATION_ROOM=net npm run mutation
  mutate: [`lib/${process.env['MUTATION_ROOM'] ?? '{config,core,iam,net,sfs-turbo,sweep,targets,tasks}'}/**/*.ts`],
  // many wait for a server that is slow on purpose
  timeoutMS: 30_000,
  concurrency: 2,
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  thresholds: { high: 95, low: 90, break: 85 },
};
