import * as v from 'valibot';
import type { Call } from '../../core/call.ts';
import { ServiceError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { noAnswer } from '../../net/answers.ts';
import { type Attempt, type FailedAttempt, type Retrier, retryKindOf } from '../../net/retry.ts';
import { type Reply, type Request, type Transport, TransportFailure } from '../../net/transport.ts';

interface FeishuPost<Schema extends v.GenericSchema> {
  /** Below `/open-apis/`. */
  readonly path: string;
  readonly body: unknown;
  /** Absent for the request that fetches one. */
  readonly token?: string;
  /** What an answer that succeeded must hold. */
  readonly answer: Schema;
}

export interface FeishuApi {
  /**
   * Posts to Feishu's open API, and again where that may help.
   *
   * @throws {ServiceError} `upstream_forbidden` when Feishu refuses, with its code as `errCode`; `upstream_timeout`,
   *   `upstream_unavailable`, `upstream_invalid`
   */
  readonly post: <Schema extends v.GenericSchema>(
    post: FeishuPost<Schema>,
    deadline: Pick<Call, 'deadlineAtMs' | 'log'>,
  ) => Promise<v.InferOutput<Schema>>;
}

/** Feishu answers a failure with `{code, msg}`, mostly with status 400 or even 200: only code 0 is a success. */
const SUCCESS = v.object({ code: v.literal(0) });
const FAILURE = v.object({ code: v.number() });

export function createFeishuApi(feishuUrl: string, transport: Transport, retrier: Retrier): FeishuApi {
  return {
    post({ path, body, token, answer }, deadline) {
      const request: Request = {
        method: 'POST',
        url: new URL(`${feishuUrl}/open-apis/${path}`),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
        },
        body: JSON.stringify(body),
      };
      return retrier.run(deadline, (_number, remainingMs) => sendOnce(transport, request, answer, remainingMs));
    },
  };
}

async function sendOnce<Schema extends v.GenericSchema>(
  transport: Transport,
  request: Request,
  schema: Schema,
  limitMs: number,
): Promise<Attempt<v.InferOutput<Schema>>> {
  if (limitMs <= 0) return { failure: new ServiceError('upstream_timeout', 'Feishu did not answer in time') };
  try {
    return toAttempt(await transport.send(request, limitMs), schema);
  } catch (error) {
    if (error instanceof TransportFailure) return noAnswer('Feishu', error);
    throw error;
  }
}

function toAttempt<Schema extends v.GenericSchema>(reply: Reply, schema: Schema): Attempt<v.InferOutput<Schema>> {
  if (reply.cut === 'reset' || reply.cut === 'timeout') {
    return noAnswer('Feishu', new TransportFailure(reply.cut, true));
  }
  const body = parseJson(reply.body);
  if (reply.status !== 200 || !v.is(SUCCESS, body)) return toFailedAttempt(reply.status, body);
  const { success, output } = v.safeParse(schema, body);
  if (success) return { value: output };
  return { failure: new ServiceError('upstream_invalid', 'a field is missing or malformed in the answer of Feishu') };
}

function toFailedAttempt(status: number, body: unknown): FailedAttempt {
  const code = v.is(FAILURE, body) ? String(body.code) : undefined;
  const upstream = { status, errCode: code };
  const retry = retryKindOf(status, undefined);
  if (retry !== undefined) {
    return { failure: new ServiceError('upstream_unavailable', 'Feishu is not available', { upstream }), retry };
  }
  const kind = code === undefined ? 'upstream_invalid' : 'upstream_forbidden';
  return { failure: new ServiceError(kind, 'Feishu refused the request', { upstream }) };
}
