import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { copyProject, SERVERLESS_SETTINGS } from '../../bundles/bundles.ts';
import { type SecretAnswer, startAws } from './aws-stand-in.ts';

const SECRET = {
  HW_ACCESS_KEY: 'AKEXAMPLE0000000000',
  HW_SECRET_KEY: 'secret-key-of-the-test',
  CALLER_KEYS: `ci:${'0123456789abcdef'.repeat(4)}`,
};
const VARIABLES = { HW_REGION_NAME: 'cn-north-4', ALLOWED_SHARES: 'share-a', SWEEP_SHARES: 'share-a' };
const SECRET_ID = 'sfs-turbo-du-cleaner/dev';

let project: ReturnType<typeof copyProject>;
beforeAll(() => {
  project = copyProject();
});
afterAll(() => project?.remove());

/** Runs the real command with nothing in its environment but this. */
async function serverless(args: readonly string[], variables: Readonly<Record<string, string>>) {
  const env = { PATH: process.env['PATH'] ?? '', HOME: project.folder, ...SERVERLESS_SETTINGS, ...variables };
  const command = [resolve('node_modules/serverless/bin/serverless.js'), ...args];
  const child = spawn(process.execPath, command, { env, cwd: project.folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  const code = await new Promise<number | null>((end) => child.once('close', end));
  return { code, output };
}

/** Deploys to an AWS that has this secret and refuses everything else. */
async function deploy(secret: SecretAnswer, variables: Readonly<Record<string, string>>, args = ['deploy']) {
  const aws = await startAws(secret);
  onTestFinished(() => aws.close());
  const credentials = { AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test', AWS_ENDPOINT_URL: aws.endpoint };
  const result = await serverless(args, { ...credentials, ...variables });
  // asking who we are and what the secret holds changes nothing
  const sent = aws.operations.filter((name) => !/GetCallerIdentity|GetSecretValue/.test(name));
  return { ...result, sent };
}

interface Findings {
  readonly faults: readonly string[];
  readonly warnings: readonly string[];
}
const { checkForAws } = createRequire(import.meta.url)('../../../deploy/check/aws.cjs') as {
  checkForAws: (service: object, env: object, provider: object) => Promise<Findings>;
};

/** What is found of a function with nothing secret in its environment. */
async function check(secret: SecretAnswer): Promise<Findings> {
  const { endpoint, close } = await startAws(secret);
  onTestFinished(close);
  const region = 'eu-central-1';
  const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };
  const provider = { getRegion: () => region, getAwsSdkV3Config: async () => ({ region, endpoint, credentials }) };
  const environment = { SECRETS_ID: SECRET_ID, ...VARIABLES };
  const functions = { http: { handler: 'handlers/http.handler' } };
  return checkForAws({ provider: { environment }, functions }, {}, provider);
}

const SENDS = { timeout: 120_000 };

describe('serverless deploy', SENDS, () => {
  test('stops before anything is sent, with every variable that is missing or wrong, and where it comes from', async () => {
    const secret = { ...SECRET, HW_SECRET_KEY: '', CALLER_KEYS: 'no-digest-of-the-test' };
    const variables = { HW_REGION_NAME: 'cn-north-4', SWEEP_SHARES: 'share-a', SWEEP_RATE: 'value-of-the-test' };

    const { code, output, sent } = await deploy({ text: JSON.stringify(secret) }, variables);

    expect(code).toBe(1);
    expect(output).toContain('Nothing was deployed: variables are missing or wrong.');
    expect(output).toContain('http, chat, timer: ALLOWED_SHARES is missing (it comes from the environment or .env)');
    expect(output).toMatch(new RegExp(`timer: HW_SECRET_KEY is missing \\(it comes from the secret ${SECRET_ID}`));
    expect(output).toMatch(/timer: SWEEP_RATE must be .* \(it comes from the environment or \.env\)/);
    expect(output).toMatch(new RegExp(`http: CALLER_KEYS must be .* \\(it comes from the secret ${SECRET_ID}`));
    expect(output).not.toContain('of-the-test');
    expect(sent).toEqual([]);
  });

  test('goes on where environment and secret together have what the functions need', async () => {
    const { SWEEP_SHARES, ...variables } = VARIABLES;

    const { output, sent } = await deploy({ text: JSON.stringify({ ...SECRET, SWEEP_SHARES }) }, variables);

    expect(output).not.toContain('Nothing was deployed');
    expect(sent).toContain('DescribeStacks');
  });

  test('of one function looks at that function alone, and stops as well', async () => {
    const { SWEEP_SHARES: _missing, ...variables } = VARIABLES;

    const { code, output, sent } = await deploy({ text: JSON.stringify(SECRET) }, variables, [
      ...['deploy', 'function', '--function', 'timer'],
    ]);

    expect(code).toBe(1);
    expect(output).toContain('timer: SWEEP_SHARES is missing');
    expect(sent).toEqual([]);
  });
});

describe('where the secret', () => {
  test.each([
    { is: 'does not exist', secret: { error: 'ResourceNotFoundException' }, fault: 'does not exist in eu-central-1' },
    { is: 'is not JSON', secret: { text: 'text-of-the-test' }, fault: 'is not a JSON object' },
    { is: 'is a list', secret: { text: '["text-of-the-test"]' }, fault: 'is not a JSON object' },
  ])('$is, nothing is deployed', async ({ secret, fault }) => {
    const { faults, warnings } = await check(secret);

    expect(faults).toEqual([`the secret ${SECRET_ID} (SECRETS_ID) ${fault}`]);
    expect(warnings).toEqual([]);
  });

  test('may not be read by who deploys, what is secret is taken to be there', async () => {
    const { faults, warnings } = await check({ error: 'AccessDeniedException' });

    expect(faults).toEqual([]);
    expect(warnings).toEqual([
      `The secret ${SECRET_ID} cannot be read from here (AccessDeniedException), so what is in it was not checked.`,
    ]);
  });

  test('lets nobody in, a warning says so', async () => {
    const { HW_ACCESS_KEY, HW_SECRET_KEY } = SECRET;

    const { faults, warnings } = await check({ text: JSON.stringify({ HW_ACCESS_KEY, HW_SECRET_KEY }) });

    expect(faults).toEqual([]);
    expect(warnings).toEqual([
      'http: neither CALLER_KEYS nor WEBHOOK_SECRETS is set, so every route that cancels answers 503.',
    ]);
  });
});

describe('serverless package', SENDS, () => {
  test('needs no account and no variable, and warns of what a deployment would stop at', async () => {
    const { code, output } = await serverless(['package'], {});

    expect(code, output).toBe(0);
    expect(output).toContain('As it is, a deployment would stop at variables:');
    expect(output).toContain('http, chat, timer: HW_REGION_NAME is missing');
    expect(output).toContain('timer: SWEEP_SHARES is missing');
    expect(output).not.toContain('HW_SECRET_KEY');
  });

  test('warns of what is set and goes nowhere, by name', async () => {
    const variables = { ...SECRET, SLACK_SIGNING_SECRETS: 'x', CONFIRM_SECRET: 'y', SWEEP_MINAGE: '7d' };

    const { code, output } = await serverless(['package'], { ...VARIABLES, ...variables });

    expect(code, output).toBe(0);
    expect(output).not.toContain('would stop');
    for (const name of Object.keys(variables).filter((key) => key !== 'SWEEP_MINAGE')) {
      expect(output).toMatch(
        new RegExp(`no function gets them from here: .*\\b${name}\\b.* They go into the secret ${SECRET_ID}`),
      );
    }
    expect(output).toContain('SWEEP_MINAGE is set here, and no function reads it: SWEEP_MIN_AGE may be meant.');
  });
});
