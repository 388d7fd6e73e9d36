import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

/** What the client reported of an invocation, or of its start. */
export interface Report {
  readonly type: 'response' | 'error' | 'initError';
  readonly body: unknown;
}

export interface LambdaFunction {
  /** Hands over an event, with the milliseconds that Lambda would give it, and waits for what the client reports. */
  readonly invoke: (event: unknown, timeoutMs?: number) => Promise<Report>;
  /** The report of a start that failed. */
  readonly failedStart: () => Promise<Report>;
  /** What the process wrote to stdout and stderr, line by line. */
  readonly output: readonly string[];
  readonly stop: () => Promise<void>;
}

/** The programs that a function runs with: Lambda's Node, and AWS's client of the runtime API. */
export interface LambdaRuntime {
  readonly node: string;
  readonly client: string;
}

/**
 * Runs a handler as Lambda does: AWS's own client loads it, and asks this server for events by the runtime API.
 *
 * @see https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
 */
export async function startFunction(
  runtime: LambdaRuntime,
  folder: string,
  handler: string,
  variables: Readonly<Record<string, string>>,
): Promise<LambdaFunction> {
  const api = createRuntimeApi();
  await new Promise<void>((resolve) => void api.server.listen(0, '127.0.0.1', resolve));
  // a server that listens on a port has an address of this form
  const { port } = api.server.address() as AddressInfo;
  const child = spawn(runtime.node, [runtime.client, handler], {
    cwd: folder,
    env: {
      AWS_LAMBDA_RUNTIME_API: `127.0.0.1:${port}`,
      AWS_LAMBDA_FUNCTION_NAME: 'sfs-turbo-du-cleaner-prod',
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      AWS_LAMBDA_LOG_GROUP_NAME: '/aws/lambda/sfs-turbo-du-cleaner-prod',
      AWS_LAMBDA_LOG_STREAM_NAME: 'stream',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_REGION: 'eu-central-1',
      LAMBDA_TASK_ROOT: folder,
      _HANDLER: handler,
      ...variables,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => output.push(line));
  }
  const ended = new Promise<void>((resolve) => void child.once('close', () => resolve()));

  /** The report, unless the process ends without one. */
  const orEnded = (report: Promise<Report>): Promise<Report> =>
    Promise.race([report, ended.then(() => Promise.reject(new Error(`the process ended:\n${output.join('\n')}`)))]);

  return {
    output,
    invoke: (event, timeoutMs) => orEnded(api.invoke(event, timeoutMs)),
    failedStart: () => orEnded(api.failedStart),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
      api.server.closeAllConnections();
      api.server.close();
    },
  };
}

interface Waiting {
  readonly event: unknown;
  readonly timeoutMs: number;
  readonly report: (report: Report) => void;
}

function createRuntimeApi() {
  const queue: Waiting[] = [];
  const running = new Map<string, Waiting>();
  let asking: ServerResponse | undefined;
  let reportStart: (report: Report) => void = () => {};
  const failedStart = new Promise<Report>((resolve) => {
    reportStart = resolve;
  });

  /** Answers the client's question for the next event, once there is both. */
  function handOver(): void {
    const next = asking === undefined ? undefined : queue.shift();
    if (asking === undefined || next === undefined) return;
    const requestId = `00000000-0000-4000-8000-${String(running.size + 1).padStart(12, '0')}`;
    running.set(requestId, next);
    asking.writeHead(200, {
      'content-type': 'application/json',
      'lambda-runtime-aws-request-id': requestId,
      'lambda-runtime-deadline-ms': String(Date.now() + next.timeoutMs),
      'lambda-runtime-invoked-function-arn':
        'arn:aws:lambda:eu-central-1:123456789012:function:sfs-turbo-du-cleaner-prod',
    });
    asking.end(JSON.stringify(next.event));
    asking = undefined;
  }

  const server = createServer(async (request, response) => {
    const path = request.url?.replace('/2018-06-01/runtime/', '') ?? '';
    if (path === 'invocation/next') {
      asking = response;
      handOver();
      return;
    }
    const body = await readJson(request);
    const [, requestId = '', type] = /^invocation\/([^/]+)\/(response|error)$/.exec(path) ?? [];
    if (type === 'response' || type === 'error') running.get(requestId)?.report({ type, body });
    else if (path === 'init/error') reportStart({ type: 'initError', body });
    response.writeHead(202).end('{}');
  });

  return {
    server,
    failedStart,
    invoke: (event: unknown, timeoutMs = 25_000) =>
      new Promise<Report>((report) => {
        queue.push({ event, timeoutMs, report });
        handOver();
      }),
  };
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}
