/** The error that a body of SFS Turbo, of the API gateway or of IAM holds. */
export interface ErrorBody {
  readonly errCode: string;
  readonly errMsg: string;
}

const MAX_ERR_MSG_LENGTH = 512; // the length that the SFS Turbo API reference gives for errMsg
const ERR_CODE = /^[A-Za-z0-9._-]{1,64}$/;

/**
 * The error in a body, or nothing when it has none of the three documented shapes:
 * `{errCode,errMsg}` (SFS Turbo's API pages), `{error_code,error_msg}` (its error code page, the gateway, IAM v3.0)
 * and `{error:{code,message}}` (IAM v3, whose code is a number).
 */
export function parseErrorBody(body: string): ErrorBody | undefined {
  const value = parseJson(body);
  if (!isRecord(value)) return undefined;
  const inner = value['error'];
  return (
    toErrorBody(value['errCode'], value['errMsg']) ??
    toErrorBody(value['error_code'], value['error_msg']) ??
    (isRecord(inner) ? toErrorBody(inner['code'], inner['message']) : undefined)
  );
}

function toErrorBody(code: unknown, message: unknown): ErrorBody | undefined {
  const errCode = typeof code === 'number' ? String(code) : code;
  if (typeof errCode !== 'string' || !ERR_CODE.test(errCode)) return undefined;
  return { errCode, errMsg: toPrintable(typeof message === 'string' ? message : '') };
}

/** Foreign text, fit to pass on: no control or invisible characters, no lone surrogates, not over a length. */
export function toPrintable(text: string, maxLength = MAX_ERR_MSG_LENGTH): string {
  // \p{Cf} holds the invisible ones: bidirectional overrides, zero-width characters
  return text
    .slice(0, 4 * maxLength)
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, maxLength)
    .toWellFormed();
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
