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

// The deepest documented body has a depth of about ten. Whoever walks through a parsed value may recurse this deep.
const MAX_JSON_DEPTH = 64;

/** The value of a JSON text; nothing when it is none, or is nested too deep to be walked through safely. */
export function parseJson(text: string): unknown {
  if (isNestedDeeper(text, MAX_JSON_DEPTH)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One pass over the characters, in which brackets inside strings do not count. */
function isNestedDeeper(text: string, maxDepth: number): boolean {
  let depth = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text[index];
    if (isInString) {
      if (character === '\\') index += 1;
      else if (character === '"') isInString = false;
    } else if (character === '"') {
      isInString = true;
    } else if (character === '[' || character === '{') {
      depth += 1;
      if (depth > maxDepth) return true;
    } else if (character === ']' || character === '}') {
      depth -= 1;
    }
  }
  return false;
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
