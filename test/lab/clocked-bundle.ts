import { createRequire } from 'node:module';
import { compileFunction } from 'node:vm';
import { build } from 'esbuild';
import { esbuildOptions, slim } from '../../deploy/bundle/esbuild.cjs';

/** What a test gives a bundle in place of this machine's. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string>>;
  readonly clock: { nowMs: number };
  readonly random: () => number;
}

export interface LoadedBundle {
  readonly handler: (event: unknown, context: unknown) => Promise<unknown>;
  /** What it wrote to stdout. */
  readonly lines: readonly string[];
}

/**
 * Bundles a function as a deployment does. Each load is a new instance, as after a cold start, with a clock, a sleep and chance
 * of the test's own: they are handed in where Node hands in a module's globals, so the bundle has no code for it. A sleep
 * moves the clock and takes no time.
 */
export async function bundleForTest(entryPoint: string): Promise<(surroundings: Surroundings) => LoadedBundle> {
  const { outputFiles } = await build({
    ...esbuildOptions,
    plugins: [slim],
    entryPoints: [entryPoint],
    write: false,
  });
  const globals = ['module', 'exports', 'require', 'process', 'Date', 'Math'];
  const run = compileFunction(outputFiles[0]?.text ?? '', globals, { filename: `${entryPoint} (bundled)` });

  return ({ env, clock, random }) => {
    const lines: string[] = [];
    const stdout = { write: (line: string) => lines.push(line) };
    const module = { exports: {} as { handler: LoadedBundle['handler'] } };
    run(
      module,
      module.exports,
      requireWith({ 'node:timers/promises': { setTimeout: sleepWith(clock) } }),
      Object.create(process, { env: { value: env }, stdout: { value: stdout } }),
      dateOf(clock),
      Object.create(Math, { random: { value: random } }),
    );
    return { handler: module.exports.handler, lines };
  };
}

const requireHere = createRequire(import.meta.url);

function requireWith(replaced: Readonly<Record<string, unknown>>) {
  return (name: string): unknown => replaced[name] ?? requireHere(name);
}

function sleepWith(clock: Surroundings['clock']) {
  return async (ms: number): Promise<void> => {
    clock.nowMs += ms;
    await new Promise(setImmediate);
  };
}

function dateOf(clock: Surroundings['clock']): DateConstructor {
  return new Proxy(Date, {
    construct: (target, args) => Reflect.construct(target, args.length === 0 ? [clock.nowMs] : args),
    get: (target, key) => (key === 'now' ? () => clock.nowMs : Reflect.get(target, key)),
  });
}
