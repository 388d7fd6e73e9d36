import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** As much of AWS as a deployment asks before it sends anything: the account and the secret. */
export interface AwsStandIn {
  readonly endpoint: string;
  /** What was asked for, e.g. `secretsmanager.GetSecretValue` or `DescribeStacks`. */
  readonly operations: readonly string[];
  readonly close: () => Promise<void>;
}

/** The secret: its text, or the name of the error that reading it answers with. */
export type SecretAnswer = { readonly text: string } | { readonly error: string };

export async function startAws(secret: SecretAnswer): Promise<AwsStandIn> {
  const operations: string[] = [];
  const server = createServer(async (request, response) => {
    const operation = operationOf(request, await readBody(request));
    operations.push(operation);
    if (operation === 'secretsmanager.GetSecretValue' && 'text' in secret) {
      response.end(JSON.stringify({ Name: 'secret', SecretString: secret.text }));
      return;
    }
    // anything else is refused: the deployment ends there
    const __type = 'error' in secret ? secret.error : 'AccessDeniedException';
    response.writeHead(400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(JSON.stringify({ __type, message: 'refused by the test' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // it listens on a port
  return {
    endpoint: `http://127.0.0.1:${port}`,
    operations,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function operationOf({ headers, url }: IncomingMessage, body: string): string {
  return String(headers['x-amz-target'] ?? new URLSearchParams(body).get('Action') ?? url);
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += chunk;
  return body;
}
