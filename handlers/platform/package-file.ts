import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Reads the text of a file by its path in the function's package; nothing where it cannot be read. */
export function readPackageFile(path: string): string | undefined {
  // where each platform says that it has put the package
  const root = process.env['LAMBDA_TASK_ROOT'] ?? process.env['RUNTIME_CODE_ROOT'] ?? process.cwd();
  try {
    return readFileSync(join(root, path), 'utf8');
  } catch {
    return undefined;
  }
}
