/** A header's value; several values become several header lines. */
export type HeaderValue = string | readonly string[];

/** An answer before it is put on the wire. Without a body the answer has none at all (`content-length: 0`). */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
  readonly body?: string | Uint8Array;
}

/**
 * What a request comes to: the answer, and what it changes in the cloud. The two are apart so that a fault can
 * show the one without the other: carried out but not answered, or answered but not carried out.
 */
export interface Outcome {
  readonly answer: Answer;
  readonly act?: () => void;
}

/** Ends the handling of a request with an answer that refuses it. */
export class Refusal extends Error {
  override readonly name = 'Refusal';
  readonly outcome: Outcome;

  constructor(answer: Answer, act?: () => void) {
    super(`refused with ${answer.status}`);
    this.outcome = act === undefined ? { answer } : { answer, act };
  }
}

export function jsonAnswer(status: number, value: unknown, headers?: Answer['headers']): Answer {
  return { status, headers: { 'Content-Type': 'application/json', ...headers }, body: JSON.stringify(value) };
}

/**
 * An error of SFS Turbo itself, in the shape of its API pages.
 *
 * @see {@link https://support.huaweicloud.com/api-sfsturbo/DeleteFsTask.html}
 */
export function sfsTurboError(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { errCode: `SFS.TURBO.${code}`, errMsg: message });
}

/**
 * An error of the API gateway in front of a cloud service. `request_id` equals the `X-request-id` header.
 *
 * @see {@link https://support.huaweicloud.com/intl/en-us/devg-apisign/api-sign-errorcode.html}
 */
export function gatewayError(status: number, code: string, message: string, requestId: string): Answer {
  return jsonAnswer(status, { error_msg: message, error_code: `APIGW.${code}`, request_id: requestId });
}

const KEYSTONE_TITLES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/**
 * An error of IAM's v3 interface, which has Keystone's shape; `code` is a number.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_30_0001.html}
 */
export function keystoneError(status: number, message: string): Answer {
  return jsonAnswer(status, { error: { code: status, message, title: KEYSTONE_TITLES[status] ?? 'Error' } });
}

/**
 * An error of IAM's code table.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_02_0006.html}
 */
export function iamError(status: number, code: string, message: string): Answer {
  return jsonAnswer(status, { error_msg: message, error_code: `IAM.${code}` });
}

/**
 * An error of AWS Lambda, whose name is in a header.
 *
 * @see {@link https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html}
 */
export function lambdaError(status: number, name: string, message: string): Answer {
  const body = { Type: status < 500 ? 'User' : 'Service', message };
  return jsonAnswer(status, body, { 'x-amzn-ErrorType': name });
}
