import { isRecord, parseJson, toPrintable } from '../core/json.ts';

/** The error that a body of SFS Turbo, of the API gateway or of IAM holds. */
interface ErrorBody {
  readonly errCode: string;
  readonly errMsg: string;
}

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
