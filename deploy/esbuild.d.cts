import type { BuildOptions } from 'esbuild';

declare function config(): BuildOptions & { readonly exclude: readonly string[] };
declare namespace config {
  /** For esbuild itself, which names what stays out otherwise than serverless-esbuild. */
  const esbuildOptions: BuildOptions;
}
export = config;
