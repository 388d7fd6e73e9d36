import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { SERVERLESS_SETTINGS } from '../../bundles/bundles.ts';
import { type FunctionGraphCloud, startFunctionGraphCloud } from './cloud/cloud.ts';
import type { Account, CloudState } from './cloud/state.ts';
import { createSettings, type Settings, writeService } from './service.ts';

const SERVERLESS = resolve('node_modules/serverless/bin/serverless.js');
export const SECRETS = {
  secretKey: 'SKexample0000000000000000000000000000000',
  securityToken: 'temporary-security-token-of-the-deployer',
  callerKeys: 'ci:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9',
};
export const ACCOUNT: Account = {
  region: 'cn-north-4',
  projectId: 'aa2d97d7e62c4b7da3ffdfc11551f878',
  accessKey: 'AKEXAMPLE0000000000',
  secretKey: SECRETS.secretKey,
  securityToken: SECRETS.securityToken,
};
const CREDENTIALS = {
  HW_ACCESS_KEY: ACCOUNT.accessKey,
  HW_SECRET_KEY: SECRETS.secretKey,
  HW_SECURITY_TOKEN: SECRETS.securityToken,
  HW_PROJECT_ID: ACCOUNT.projectId,
};

// each run of Serverless takes seconds of processor time, most of it to load itself
export const CONCURRENT = { timeout: 120_000 };
const RUNS_AT_ONCE = 2;

export interface Result {
  readonly code: number;
  readonly output: string;
}

/** Services and clouds for the tests of one file, which run at the same time: `close` removes all of them at the end. */
export function createLab() {
  const directories = new Set<string>();
  const clouds = new Set<FunctionGraphCloud>();
  const atOnce = createGate(RUNS_AT_ONCE);

  async function createDirectory(): Promise<string> {
    const directory = await mkdtemp(join(tmpdir(), 'functiongraph-'));
    directories.add(directory);
    return directory;
  }

  async function createService(change: (settings: Settings) => void = () => {}): Promise<string> {
    const directory = await createDirectory();
    const settings = createSettings();
    change(settings);
    await writeService(directory, settings);
    return directory;
  }

  /** A cloud with a copy of this state. */
  async function startCloud(state?: CloudState): Promise<FunctionGraphCloud> {
    const cloud = await startFunctionGraphCloud({ ...ACCOUNT, ...(state && { state: structuredClone(state) }) });
    clouds.add(cloud);
    return cloud;
  }

  /** Runs the real command in a process of its own, whose question gets this answer. */
  const serverless = (directory: string, command: Command, cloud: Endpoint, env: NodeJS.ProcessEnv = {}, answer = '') =>
    atOnce(() => runServerless(directory, command, cloud, env, answer));

  return {
    createDirectory,
    createService,
    startCloud,
    serverless,
    /** Deploys the service for the first time. */
    async deployFirst(): Promise<{ result: Result; cloud: FunctionGraphCloud }> {
      const cloud = await startCloud();
      return { result: await serverless(await createService(), 'deploy', cloud), cloud };
    },
    async close(): Promise<void> {
      for (const cloud of clouds) await cloud.close();
      for (const directory of directories) await rm(directory, { recursive: true });
    },
  };
}

type Command = 'deploy' | 'deploy --force' | 'info' | 'remove' | 'remove --yes';
type Endpoint = Pick<FunctionGraphCloud, 'endpoint'>;

async function runServerless(
  directory: string,
  command: Command,
  { endpoint }: Endpoint,
  env: NodeJS.ProcessEnv,
  answer: string,
): Promise<Result> {
  const { PATH, HOME } = process.env;
  const args = ['functiongraph', ...command.split(' '), '--stage', 'test'];
  const running = promisify(execFile)(process.execPath, [SERVERLESS, ...args], {
    cwd: directory,
    // what a plugin leaves in the temporary folder goes with the service's own
    env: {
      PATH,
      HOME,
      TMPDIR: directory,
      ...SERVERLESS_SETTINGS,
      FUNCTIONGRAPH_ENDPOINT: endpoint,
      CALLER_KEYS: SECRETS.callerKeys,
      ...CREDENTIALS,
      ...env,
    },
  });
  running.child.stdin?.end(answer);
  const result = await running.then(
    ({ stdout, stderr }) => ({ code: 0, output: stdout + stderr }),
    (error) => ({ code: error.code, output: `${error.stdout}${error.stderr}` }),
  );
  await expectNoSecret(directory, result.output);
  return result;
}

/** Whatever happens, no secret is in the output or in what packaging writes, which a deployment to AWS uploads. */
async function expectNoSecret(directory: string, output: string): Promise<void> {
  const files = ['serverless-state.json', 'cloudformation-template-update-stack.json'];
  const written = await Promise.all(
    files.map((file) => readFile(join(directory, '.serverless', file), 'utf8').catch(() => '')),
  );
  for (const secret of Object.values(SECRETS)) {
    for (const text of [output, ...written]) expect(text).not.toContain(secret);
  }
}

/** Lets `limit` tasks run at the same time; the others wait in line. */
function createGate(limit: number) {
  const waiting: (() => void)[] = [];
  let free = limit;
  return async <Value>(task: () => Promise<Value>): Promise<Value> => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free += 1;
    }
  };
}
