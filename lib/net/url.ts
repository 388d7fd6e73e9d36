const UNRESERVED = /^[A-Za-z0-9._~-]*$/;

/** RFC 3986: everything but letters, digits and `-._~` is encoded, which `encodeURIComponent` alone does not do. */
export function encodeRfc3986(text: string): string {
  if (UNRESERVED.test(text)) return text; // as every id is
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
