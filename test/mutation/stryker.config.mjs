// @ts-check

// Mutants that no test can kill, since what they change cannot be seen from outside. All others are killed.
//
// | where | mutant | why nothing can differ |
// | --- | --- | --- |
// | `exec(…) ?? []` in duration, task | a first member in the list | the first member is never looked at |
// | `catch` in error-body | `catch {}` | a function without a result gives `undefined` all the same |
// | callers, chat: `= ''` of the parts of an entry | another text | a pattern has made sure that every part is there |
// | config/forms: body of a form | none | the module then fails to load, which Stryker does not count as a failed test |
// | config/sweep: `{ sweep: undefined }` | `{}` | both read as no sweep |
// | config/variable: `?.` of a path | without `?` | an issue of a variable has a path; the `?` is for the compiler |
// | duration: `unit = ''` | another text | it is no unit either |
// | policy: `keepLatest === 0` | never | the first 0 of a list are none; it only spares the work |
// | policy: `task.path === undefined` | never | tasks without a path are skipped, and share no path with others |
// | policy: `time.type === 'time'` | always | the others have no `atMs`, and `undefined` is not later |
// | policy, choose-oldest: `<` of ids | `<=` | a list with an id that comes twice is refused in listing |
// | retry: `errCode !== undefined` | always | the set of codes holds no `undefined` |
// | retry: `endsWith('GMT')` | `startsWith` | V8 reads a second GMT as it reads one |
// | signer: `UNRESERVED` | never, seldom | it only spares the work |
// | signer: `signed[name]?.` | without `?` | the names are those of the object; the `?` is for the compiler |

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
  // what deletes, and what decides about it
  mutate: ['lib/{config,core,iam,net,sfs-turbo,sweep,targets,tasks}/**/*.ts'],
  // many wait for a server that is slow on purpose
  timeoutMS: 60_000,
  concurrency: 2,
  coverageAnalysis: 'perTest',
  reporters: ['clear-text', 'progress-append-only', 'html', 'json'],
  clearTextReporter: { allowColor: false, allowEmojis: false, logTests: false },
  thresholds: { high: 95, low: 90, break: 85 },
};
