import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { parseJson } from './bodies.ts';
import { DocumentedError, type Refusal } from './documented-error.ts';
import { createFunctionOperations } from './functions.ts';
import { createGatewayOperations } from './gateway.ts';
import { findRoute, type Operation } from './routes.ts';
import { assertSigned } from './signature.ts';
import { type Account, type Answer, type Call, type CloudState, emptyState } from './state.ts';
import { createTriggerOperations } from './triggers.ts';

/**
 * A stand-in of the FunctionGraph API on loopback, and of the part of API Gateway's that triggers touch. It is as strict as
 * their documentation: every request must be signed, known, and carry documented fields of the documented types, and
 * nothing else. Where sources contradict each other it is as others have met it: encrypted variables and the execution
 * agency are taken by an update alone, an update resets what it is not sent, and an API outlives its trigger.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/api-functiongraph/functiongraph_06_0108.html} and its siblings
 */
export interface FunctionGraphCloud {
  readonly endpoint: string;
  readonly state: CloudState;
  /** Every request in order, refused ones included. */
  readonly requests: readonly RecordedRequest[];
  /** The next `times` requests of an operation are answered so, and not carried out. */
  refuseNext(operation: Operation, answer: Refusal, times?: number): void;
  /** The next request of an operation is carried out, but answered so. */
  answerAfterNext(operation: Operation, answer: Refusal): void;
  /** The next request of an operation is carried out, but its answer is lost: the connection is reset. */
  loseNextAnswer(operation: Operation): void;
  close(): Promise<void>;
}

export interface CloudOptions extends Account {
  readonly state?: CloudState;
}

export interface RecordedRequest {
  readonly operation: Operation | 'unknown';
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
}

export async function startFunctionGraphCloud(options: CloudOptions): Promise<FunctionGraphCloud> {
  const state = options.state ?? emptyState();
  const requests: RecordedRequest[] = [];
  const refusals: { operation: Operation; answer: Refusal }[] = [];
  const wrongAnswers: { operation: Operation; answer: Refusal }[] = [];
  const lost: Operation[] = [];
  const answer = createAnswers(state, options, (operation) => {
    return takeFirst(refusals, (entry) => entry.operation === operation)?.answer;
  });

  const server = createServer(async (request, response) => {
    const raw = await readBody(request);
    const url = new URL(request.url ?? '', `http://${request.headers.host}`);
    const requestId = randomUUID().replaceAll('-', '');
    const found = findRoute(request.method, url, options.projectId);
    const right = answer(request, url, raw, requestId);
    const wrong = takeFirst(wrongAnswers, ({ operation }) => operation === found?.operation)?.answer;
    const { status, body } = wrong ? { status: wrong.status, body: wrong } : right;

    const sent = raw.length > 0 ? parseJson(raw) : undefined;
    const operation = found?.operation ?? 'unknown';
    requests.push({ operation, path: decodeURIComponent(url.pathname), body: sent, status });
    if (takeFirst(lost, (name) => name === operation)) return void request.socket.destroy();
    response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': requestId });
    response.end(body === undefined ? undefined : JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');

  return {
    endpoint: `http://127.0.0.1:${address.port}`,
    state,
    requests,
    refuseNext(operation, refusal, times = 1) {
      for (let left = times; left > 0; left -= 1) refusals.push({ operation, answer: refusal });
    },
    answerAfterNext: (operation, wrong) => void wrongAnswers.push({ operation, answer: wrong }),
    loseNextAnswer: (operation) => void lost.push(operation),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Carries a request out. What it cannot carry out, it answers as documented. */
function createAnswers(
  state: CloudState,
  account: Account,
  nextRefusal: (operation: Operation) => Refusal | undefined,
) {
  const operations: Record<Operation, (call: Call) => Answer> = {
    ...createFunctionOperations(state, account),
    ...createTriggerOperations(state),
    ...createGatewayOperations(state),
  };

  function carryOut(request: IncomingMessage, url: URL, raw: Buffer): Answer {
    assertSigned(request, url, raw, account);
    const found = findRoute(request.method, url, account.projectId);
    if (found === undefined) throw new DocumentedError(404, 'APIGW.0101', 'The API does not exist');
    const refusal = nextRefusal(found.operation);
    if (refusal) throw new DocumentedError(refusal.status, refusal.error_code, refusal.error_msg);
    if (request.headers['content-type'] !== 'application/json') {
      throw new DocumentedError(406, 'FSS.0406', 'Content-Type must be application/json');
    }
    return operations[found.operation]({ parts: found.parts, query: url.searchParams, body: parseJson(raw) });
  }

  return (request: IncomingMessage, url: URL, raw: Buffer, requestId: string): Answer => {
    try {
      return carryOut(request, url, raw);
    } catch (error) {
      if (!(error instanceof DocumentedError)) throw error;
      const { status, ...body } = error.refusal;
      return { status, body: body.error_code.startsWith('APIGW.') ? { ...body, request_id: requestId } : body };
    }
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function takeFirst<Item>(items: Item[], matches: (item: Item) => boolean): Item | undefined {
  const index = items.findIndex(matches);
  return index < 0 ? undefined : items.splice(index, 1)[0];
}
