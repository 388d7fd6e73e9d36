import { join } from 'node:path';
import { build } from 'esbuild';

/** The files of the programs that run in processes of their own. */
export interface Programs {
  readonly cold: string;
  readonly warm: string;
  readonly sweep: string;
}

/** As plain JavaScript: tsx would be part of what is measured. */
export async function bundlePrograms(directory: string): Promise<Programs> {
  const program = async (name: string): Promise<string> => {
    const outfile = join(directory, `${name}-process.js`);
    const entryPoints = [`test/bench/${name}-process.ts`];
    await build({ entryPoints, outfile, platform: 'node', format: 'cjs', bundle: true });
    return outfile;
  };
  return { cold: await program('cold'), warm: await program('warm'), sweep: await program('sweep') };
}
