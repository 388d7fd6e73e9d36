const MAX_TEXT_LENGTH = 512; // the length that the SFS Turbo API reference gives for errMsg

/** Foreign text, fit to pass on: no control or invisible characters, no lone surrogates, not over a length. */
export function toPrintable(text: string, maxLength = MAX_TEXT_LENGTH): string {
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
