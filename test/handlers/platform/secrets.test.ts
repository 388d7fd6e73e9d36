import { expect, test, vi } from 'vitest';
import { createApps } from '../../../handlers/platform/apps.ts';
import { createHttpApp } from '../../../lib/app.ts';
import { readHttpConfig } from '../../../lib/config/read-config.ts';
import { nodeRuntime } from '../../../lib/core/runtime.ts';
import { startSecretsManager } from '../../support/secrets-manager.ts';

const plain = {
  HW_REGION_NAME: 'cn-north-4',
  HW_DOMAIN_NAME: 'd',
  HW_USER_NAME: 'u',
  ALLOWED_SHARES: '*',
  SECRETS_ID: 'du/prod',
};

function lambda(variables: Readonly<Record<string, string>>) {
  return { platform: 'lambda' as const, lookup: (name: string) => variables[name] };
}

test("a secret's members fill in what the variables leave out, and override none", async () => {
  const manager = await startSecretsManager();
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'from the secret', HW_USER_NAME: 'not this', MAX_ATTEMPTS: '5' });

  const app = await createApps(readHttpConfig, createHttpApp).appFor(lambda({ ...plain, MAX_ATTEMPTS: ' ' }));

  expect(app.config.credentials).toEqual({
    type: 'password',
    domainName: 'd',
    userName: 'u',
    password: 'from the secret',
  });
  expect(app.config.maxAttempts).toBe(5);
  expect(manager.reads).toEqual(['secretsmanager.GetSecretValue du/prod']);
});

test('it is read once for many invocations, and again after five minutes; rotated values make a new app', async () => {
  const manager = await startSecretsManager();
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'old' });
  let nowMs = 0;
  const apps = createApps(readHttpConfig, createHttpApp, { ...nodeRuntime, now: () => nowMs });

  const [first, second] = await Promise.all([apps.appFor(lambda(plain)), apps.appFor(lambda(plain))]);
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'new' });
  nowMs += 299_000;
  const third = await apps.appFor(lambda(plain));
  nowMs += 2_000;
  const fourth = await apps.appFor(lambda(plain));

  expect(second).toBe(first);
  expect(third).toBe(first);
  expect(fourth.config.credentials).toMatchObject({ password: 'new' });
  expect(manager.reads).toHaveLength(2);
});

test('values that are the same when read again keep the app, with its token and connections', async () => {
  const manager = await startSecretsManager();
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'same' });
  let nowMs = 0;
  const apps = createApps(readHttpConfig, createHttpApp, { ...nodeRuntime, now: () => nowMs });
  const before = await apps.appFor(lambda(plain));
  nowMs += 301_000;

  const after = await apps.appFor(lambda(plain));

  expect(after).toBe(before);
  expect(manager.reads).toHaveLength(2);
});

test('a member that no variable of this function is may change without a new app', async () => {
  const manager = await startSecretsManager();
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'same', OF_ANOTHER_FUNCTION: 'old' });
  let nowMs = 0;
  const apps = createApps(readHttpConfig, createHttpApp, { ...nodeRuntime, now: () => nowMs });
  const before = await apps.appFor(lambda(plain));
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'same', OF_ANOTHER_FUNCTION: 'new' });
  nowMs += 301_000;

  const after = await apps.appFor(lambda(plain));

  expect(after).toBe(before);
});

test('while it cannot be read again, the last values stay, and each try leaves a line', async () => {
  const manager = await startSecretsManager();
  manager.secret = JSON.stringify({ HW_USER_PASSWORD: 'old' });
  let nowMs = 0;
  const lines: string[] = [];
  const write = (line: string) => lines.push(line);
  const apps = createApps(readHttpConfig, createHttpApp, { ...nodeRuntime, now: () => nowMs, write });
  const before = await apps.appFor(lambda(plain));
  manager.secret = undefined;
  nowMs += 301_000;

  const after = await apps.appFor({ ...lambda(plain), requestId: 'request-2' });
  nowMs += 1_000;
  await apps.appFor({ ...lambda(plain), requestId: 'request-3' });

  expect(after).toBe(before);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 'WARN',
      event: 'config.stale',
      request_id: 'request-2',
      faults: ['the secret of SECRETS_ID cannot be read (ResourceNotFoundException)'],
    }),
  ]);
});

test.each([
  { secret: undefined, fault: 'cannot be read (ResourceNotFoundException)' },
  { secret: 'no JSON', fault: 'is not a JSON object' },
  { secret: '["HW_USER_PASSWORD"]', fault: 'is not a JSON object' },
])(
  'one that $fault ($secret) is a fault of the configuration, without a word of what is in it',
  async ({ secret, fault }) => {
    const manager = await startSecretsManager();
    manager.secret = secret;

    const asking = createApps(readHttpConfig, createHttpApp).appFor(lambda(plain));

    await expect(asking).rejects.toMatchObject({ code: 'misconfigured', faults: [expect.stringContaining(fault)] });
  },
);

test('one that cannot be reached is a fault that names host and cause', async () => {
  await startSecretsManager();
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', 'http://127.0.0.1:9');

  const asking = createApps(readHttpConfig, createHttpApp).appFor(lambda(plain));

  await expect(asking).rejects.toMatchObject({
    faults: [expect.stringMatching(/cannot be read \(\w+, 127\.0\.0\.1:9, ECONNREFUSED\)$/)],
  });
});

test('on FunctionGraph it is a fault of the configuration', async () => {
  const asking = createApps(readHttpConfig, createHttpApp).appFor({
    platform: 'functiongraph',
    lookup: lambda(plain).lookup,
  });

  await expect(asking).rejects.toMatchObject({
    code: 'misconfigured',
    faults: [expect.stringContaining('SECRETS_ID')],
  });
});
