import * as v from 'valibot';
import { ServiceError } from '../../core/errors.ts';
import { parseJson } from '../../core/json.ts';
import { brokenOff, noAnswer } from '../../net/answers.ts';
import type { Reply, Request } from '../../net/request.ts';
import { type Attempt, type FailedAttempt, type Retrier, type RetryDeadline, retryKindOf } from '../../net/retry.ts';
import type { Transport } from '../../net/transport.ts';

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
    deadline: RetryDeadline,
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
      return retrier.run(deadline, (remainingMs) => sendOnce(transport, request, answer, remainingMs));
    },
  };
}

async function sendOnce<Schema extends v.GenericSchema>(
  transport: Transport,
  request: Request,
  schema: Schema,
  limitMs: number,
): Promise<Attempt<v.InferOutput<Schema>>> {
  const sent = await transport.send(request, limitMs);
  return 'failure' in sent ? noAnswer('Feishu', sent.failure) : toAttempt(sent.reply, schema);
}

function toAttempt<Schema extends v.GenericSchema>(reply: Reply, schema: Schema): Attempt<v.InferOutput<Schema>> {
  const broken = brokenOff('Feishu', reply);
  if (broken !== undefined) return broken;
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
