import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Names that a shell may have exported for this project, for Terraform or for a deployment. */
const FOREIGN = /^(HW|SWEEP|SLACK|FEISHU|SFS_TURBO|AWS|SLS|SERVERLESS|FUNCTIONGRAPH|APIG)_/;

/**
 * Before all tests: takes those variables out of the environment that the tests inherit, and gives them a temporary folder
 * of their own. After all tests the folder goes.
 */
export default function setup(): () => void {
  // the first column of the handbook's tables
  const documented = readFileSync('docs/configuration.md', 'utf8').matchAll(/^\| `([A-Z_]+)` \|/gm);
  const known = new Set([...documented].map(([, name]) => name));
  for (const name of Object.keys(process.env)) {
    if (known.has(name) || FOREIGN.test(name)) delete process.env[name];
  }
  const folder = mkdtempSync(join(tmpdir(), 'du-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
