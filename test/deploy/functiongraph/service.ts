import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
/** The beginning of the path of a cancel. */
export const CANCEL_PATH = '/v1';

export type Settings = ReturnType<typeof createSettings>;

/** Writes a service with three tiny handlers. */
export async function writeService(directory: string, settings: Settings): Promise<void> {
  // JSON is YAML
  await writeFile(join(directory, 'serverless.yml'), JSON.stringify(settings));
  await writeFile(join(directory, 'package.json'), '{"private":true}');
  await writeFile(join(directory, 'lib.ts'), `export const greet = (name: string) => 'from lib: ' + name;`);
  await mkdir(join(directory, 'handlers'));
  for (const name of ['http', 'timer', 'chat']) {
    const source = `import { greet } from '../lib.ts';\nexport const handler = async () => ({ statusCode: 200, body: greet('${name}') });`;
    await writeFile(join(directory, `handlers/${name}.ts`), source);
  }
  for (const name of ['node_modules', 'deploy']) await symlink(join(ROOT, name), join(directory, name));
}

export function createSettings() {
  const settings = {
    service: 'du',
    frameworkVersion: '4',
    provider: { name: 'aws', runtime: 'nodejs24.x' },
    plugins: ['serverless-esbuild', './deploy/functiongraph/plugin.cjs'],
    package: { individually: true },
    custom: {
      esbuild: { bundle: true, target: 'node20' },
      functiongraph: {
        region: 'cn-north-4',
        agency: 'du-agency',
        gateway: {
          instanceId: 'gateway-1',
          groupId: 'group-1',
          throttle: { requests: 20, requestsPerAddress: 10, seconds: 1 },
        },
        userData: { HW_REGION_NAME: 'cn-north-4', ALLOWED_SHARES: '*' },
        encryptedUserData: { CALLER_KEYS: fromEnv('CALLER_KEYS'), WEBHOOK_SECRETS: fromEnv('WEBHOOK_SECRETS') },
        asyncInvocation: { maxRetries: 0, maxAgeSeconds: 3600 },
      },
    },
    functions: {
      http: {
        handler: 'handlers/http.handler',
        functiongraph: {
          memoryMB: 256,
          timeoutSeconds: 30,
          routes: [
            { method: 'DELETE', path: CANCEL_PATH, match: 'prefix', auth: 'NONE' },
            { method: 'POST', path: '/v1/tasks/cancel', auth: 'NONE', timeoutMs: 10_000 },
          ] as { method: string; path: string; auth: string; match?: string; timeoutMs?: number }[],
        },
      },
      timer: {
        handler: 'handlers/timer.handler',
        functiongraph: {
          memoryMB: 256,
          timeoutSeconds: 900,
          maxInstances: 1,
          userData: { SWEEP_SHARES: '*', SWEEP_RATE: 10 },
          timer: { name: 'sweep', cron: '0 15 2 * * ?', timezone: 'Asia/Shanghai', userEvent: '{}' },
        },
      },
      chat: {
        handler: 'handlers/chat.handler',
        functiongraph: { memoryMB: 128, timeoutSeconds: 10, timer: { name: 'warm', rate: '1d', enabled: true } },
      },
      onAwsOnly: { handler: 'handlers/http.handler' },
    },
  };
  return settings;
}

/** A variable of serverless.yml. */
function fromEnv(name: string): string {
  return ['$', `{env:${name}, ''}`].join('');
}
