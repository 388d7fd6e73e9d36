import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { rawAnswer, startRawServer } from '../../support/raw-server.ts';
import { createSelfSigned } from '../../support/self-signed.ts';

const run = promisify(execFile);

test.each(['TLSv1.2', 'TLSv1.3'] as const)(
  'a new connection resumes the session of the one before (%s)',
  async (version) => {
    const folder = mkdtempSync(join(tmpdir(), 'du-tls-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const identity = createSelfSigned('localhost');
    writeFileSync(join(folder, 'ca.pem'), identity.cert);
    const resumed: boolean[] = [];
    const listener = tls.createServer({ ...identity, minVersion: version, maxVersion: version });
    listener.on('secureConnection', (socket) => resumed.push(socket.isSessionReused()));
    const server = await startRawServer(({ socket }) => socket.write(rawAnswer(202)), listener);

    const { stdout } = await run(
      process.execPath,
      ['--import', 'tsx', 'test/support/tls-process.ts', `https://localhost:${server.port}/`],
      { env: { PATH: process.env['PATH'], NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') } },
    );

    expect(stdout).toBe('202\n202\n202\n');
    expect(resumed).toEqual([false, true, true]);
  },
);
