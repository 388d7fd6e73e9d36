import { parseJson } from '../core/json.ts';
import { type Lookup, readVariable, type Section } from './variable.ts';

/** Reads the text of a file in the function's package; nothing where there is none. */
export type ReadFile = (path: string) => string | undefined;

/** What is to be the list of targets, and the variable that it comes from. */
export interface TargetList {
  readonly variable: 'TARGETS' | 'TARGETS_FILE';
  readonly entries: readonly unknown[];
}

/** Nothing when neither variable is set. */
export function readTargetList(lookup: Lookup, readFile: ReadFile | undefined): Section<TargetList> | undefined {
  const inline = readVariable('TARGETS', lookup);
  const path = readVariable('TARGETS_FILE', lookup);
  if (inline !== undefined && path !== undefined) return { faults: ['TARGETS contradicts TARGETS_FILE: set one only'] };
  if (inline !== undefined) return toList('TARGETS', inline);
  if (path === undefined) return undefined;
  const text = isInside(path) ? readFile?.(path) : undefined;
  if (text === undefined) return { faults: ["TARGETS_FILE must be the path of a file in the function's package"] };
  return toList('TARGETS_FILE', text);
}

/** Whether a path is one below the package's root, and is written the plain way. */
function isInside(path: string): boolean {
  return /^[\w.-]+(\/[\w.-]+)*$/.test(path) && !path.split('/').some((part) => part === '..' || part === '.');
}

function toList(variable: TargetList['variable'], text: string): Section<TargetList> {
  const entries = parseJson(text);
  if (Array.isArray(entries) && entries.length > 0) return { settings: { variable, entries } };
  return { faults: [`${variable} must ${variable === 'TARGETS' ? 'be' : 'name'} a JSON array of at least one target`] };
}
