import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

// Neither gateway was tried: the tests hold the rules that their documentation gives for what is imported.

export const ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:sfs-turbo-du-cleaner-prod-http';
export const URN =
  'urn:fss:cn-north-4:aa2d97d7e62c4b7da3ffdfc11551f878:function:default:sfs-turbo-du-cleaner-prod-http';

export type Fields = Readonly<Record<string, unknown>>;
export interface Imported {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Fields>>>>;
  readonly components?: { readonly schemas: Readonly<Record<string, Fields>> };
}

const command = createRequire(import.meta.url)('../../../deploy/openapi.cjs') as {
  convert: (words: readonly string[], yaml: string) => Imported | undefined;
};
const yaml = readFileSync('openapi.yaml', 'utf8');

/** What is printed for these words of the command line, if they are understood. */
export function convert(...words: readonly string[]): Imported | undefined {
  return command.convert(words, yaml);
}

/** What a gateway imports for the functions http and chat. */
export function importedBy(gateway: 'aws' | 'apig'): Imported {
  const urn = gateway === 'aws' ? ARN : URN;
  const document = convert(gateway, `http=${urn}`, `chat=${urn}`);
  if (document === undefined) throw new Error(`nothing was converted for ${gateway}`);
  return document;
}

export const operationsOf = ({ paths }: Imported) => Object.values(paths).flatMap((methods) => Object.values(methods));

/** Every object in a document. */
export function nodesOf(node: unknown): readonly Fields[] {
  if (typeof node !== 'object' || node === null) return [];
  const inner = Object.values(node).flatMap(nodesOf);
  return Array.isArray(node) ? inner : [node as Fields, ...inner];
}
