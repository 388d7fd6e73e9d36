import type { BuildOptions, Plugin } from 'esbuild';

declare function config(): BuildOptions & { readonly exclude: readonly string[] };
declare namespace config {
  /** For esbuild itself, which names what stays out otherwise than serverless-esbuild. */
  const esbuildOptions: BuildOptions;
  /** Leaves out what packages load and the functions never use. */
  const slim: () => Plugin;
}
export = config;
