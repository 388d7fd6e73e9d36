/** RFC 3986: everything but letters, digits and `-._~` is encoded, which `encodeURIComponent` alone does not do. */
export function encodeRfc3986(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
