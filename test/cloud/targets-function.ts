import { createServer, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { createHandler } from '../../handlers/http.ts';
import { createHttpApp } from '../../lib/app.ts';
import { readHttpConfig } from '../../lib/config/read-config.ts';
import { nodeRuntime } from '../../lib/core/runtime.ts';
import { lambdaContext } from '../support/contexts.ts';
import { onlyApp } from '../support/only-app.ts';

/**
 * Serves the function `http` with variables of its own, in this process: serverless-offline gives every function the same.
 *
 * @param onLogLine takes each line that it logs
 * @returns its URL, until this process ends
 */
export async function startTargetsFunction(
  variables: Readonly<Record<string, string>>,
  onLogLine: (line: string) => void,
): Promise<string> {
  const app = createHttpApp(
    readHttpConfig((name) => variables[name]),
    { ...nodeRuntime, write: onLogLine },
  );
  const handler = createHandler(onlyApp(app));
  const server = createServer(async (request, response) => {
    const { statusCode, headers, body } = await handler(await toEvent(request), lambdaContext());
    response.writeHead(statusCode, headers).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
}

/** As an HTTP API of AWS invokes it. */
async function toEvent(request: IncomingMessage): Promise<object> {
  const { method = 'GET', headers, url = '/' } = request;
  const [rawPath = '/', rawQueryString = ''] = url.split('?');
  const requestContext = { stage: '$default', http: { method, path: rawPath } };
  const body = (await buffer(request)).toString('base64');
  return { version: '2.0', rawPath, rawQueryString, headers, requestContext, body, isBase64Encoded: true };
}
