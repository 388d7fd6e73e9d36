import { connect } from 'node:net';
import { createServer } from 'node:tls';
import { createSelfSigned } from '../self-signed.ts';

/** Slack's own host on loopback: TLS in front of a server without. */
export interface SlackTls {
  readonly port: number;
  /** To be trusted, in PEM. */
  readonly cert: string;
  readonly close: () => Promise<void>;
}

export async function startSlackTls(origin: string): Promise<SlackTls> {
  const { key, cert } = createSelfSigned('hooks.slack.com');
  const { hostname, port } = new URL(origin);
  const server = createServer({ key, cert }, (secure) => {
    const plain = connect(Number(port), hostname);
    for (const socket of [secure, plain]) socket.on('error', () => [secure, plain].map((each) => each.destroy()));
    secure.pipe(plain).pipe(secure);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cert,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}
