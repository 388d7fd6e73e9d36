import * as v from 'valibot';

/** The value of a variable, or nothing when it is not set. */
export type Lookup = (name: string) => string | undefined;

/** What one section of the variables says: its settings, or every fault in it. */
export type Section<T> = { readonly settings: T } | { readonly faults: readonly string[] };

/** A schema whose entries are variables. */
interface SectionSchema<T> extends v.GenericSchema<unknown, T> {
  readonly entries: Readonly<Record<string, unknown>>;
}

/** Reads the variables of one section. A fault names its variable and what is expected, never the value. */
export function readSection<T>(schema: SectionSchema<T>, lookup: Lookup): Section<T> {
  const values = Object.fromEntries(Object.keys(schema.entries).map((name) => [name, readVariable(name, lookup)]));
  const result = v.safeParse(schema, values, { abortPipeEarly: true });
  if (result.success) return { settings: result.output };
  // an issue also holds the value, so only its message leaves this function
  const faults = result.issues.map(({ path, message }) => `${path?.[0]?.key} ${message}`);
  // each bad entry of a list has an issue of its own, with the same message
  return { faults: [...new Set(faults)] };
}

/** Two sections as one: the settings of both, or the faults of both. */
export function both<A, B>(a: Section<A>, b: Section<B>): Section<A & B> {
  if ('settings' in a && 'settings' in b) return { settings: { ...a.settings, ...b.settings } };
  return { faults: [a, b].flatMap((section) => ('faults' in section ? section.faults : [])) };
}

export function isSet(name: string, lookup: Lookup): boolean {
  return readVariable(name, lookup) !== undefined;
}

/** Blank means unset. */
export function readVariable(name: string, lookup: Lookup): string | undefined {
  return lookup(name)?.trim() || undefined;
}
