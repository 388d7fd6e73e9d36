import { createServer } from 'node:http';
import { onTestFinished, vi } from 'vitest';

/** AWS Secrets Manager, as far as GetSecretValue goes. */
export async function startSecretsManager() {
  const state = { secret: JSON.stringify({}) as string | undefined, reads: [] as string[] };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const signed = /^AWS4-HMAC-SHA256 Credential=AKTEST\//.test(request.headers.authorization ?? '');
    const { SecretId } = JSON.parse(Buffer.concat(chunks).toString());
    state.reads.push(`${request.headers['x-amz-target']} ${SecretId}`);
    const found = signed && state.secret !== undefined;
    response.writeHead(found ? 200 : 400, { 'content-type': 'application/x-amz-json-1.1' });
    response.end(
      JSON.stringify(
        found
          ? { Name: SecretId, SecretString: state.secret }
          : { __type: 'ResourceNotFoundException', message: 'secret of a name' },
      ),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  for (const [name, value] of Object.entries({
    AWS_ENDPOINT_URL_SECRETS_MANAGER: url,
    AWS_REGION: 'eu-central-1',
    AWS_ACCESS_KEY_ID: 'AKTEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_MAX_ATTEMPTS: '1',
  })) {
    vi.stubEnv(name, value);
  }
  onTestFinished(() => void vi.unstubAllEnvs());
  return state;
}
