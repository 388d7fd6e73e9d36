import { createTransport } from '../../lib/net/transport.ts';
import { createFakeRuntime } from './fake-runtime.ts';

/**
 * Sends requests to the origin in `argv[2]` so far apart that each opens a new connection. In a process of its own, because
 * `NODE_EXTRA_CA_CERTS` is read when Node starts. Prints what came of each.
 */
async function main(): Promise<void> {
  const runtime = createFakeRuntime();
  const transport = createTransport(runtime);
  const url = new URL(process.argv[2] ?? '');
  for (let request = 1; request <= 3; request += 1) {
    const sent = await transport.send({ method: 'GET', url, headers: {} }, 5_000);
    console.log('reply' in sent ? sent.reply.status : sent.failure.kind);
    runtime.advance(60_000);
    // the ticket of a TLS 1.3 session comes after the answer
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await transport.close();
}

main();
