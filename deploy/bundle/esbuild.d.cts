import type { BuildOptions, Plugin } from 'esbuild';

declare function config(): BuildOptions & { readonly exclude: readonly string[] };
declare namespace config {
  /** For esbuild itself. */
  const esbuildOptions: BuildOptions;
  /** Narrows undici to the parts that the functions use, and leaves out what they never reach. */
  const slim: Plugin;
}
export = config;
