import type { PolicySettings } from '../config/policy.ts';
import type { SweepSettings } from '../config/sweep.ts';
import { isAllowed, type ShareId } from '../core/task.ts';

/**
 * The policy for a path of one share. `odd_path`: the path is written in a way that may be meant for another rule, such as
 * `/builds/../audit`.
 */
export type PolicyOf = (path: string) => PolicySettings | 'protected' | 'odd_path';

/** The policies of one share: of each path by the first rule that matches, else by the general settings. */
export function policiesOf(shareId: ShareId, settings: PolicySettings & Pick<SweepSettings, 'rules'>): PolicyOf {
  const rules = settings.rules
    .filter(({ shares }) => isAllowed(shareId, shares))
    .map((rule) => ({
      ...rule,
      plainPrefix: rule.pathPrefix === undefined ? undefined : toPlainText(rule.pathPrefix),
    }));
  if (rules.every(({ pathPrefix }) => pathPrefix === undefined)) return () => rules[0]?.policy ?? settings;
  return (path) => {
    const rule = rules.find(({ pathPrefix }) => isWithin(path, pathPrefix));
    const plainPath = toPlainPath(path);
    const ruleOfPlainPath = rules.find(({ plainPrefix }) => isWithin(plainPath, plainPrefix));
    return rule === ruleOfPlainPath ? (rule?.policy ?? settings) : 'odd_path';
  };
}

/** With a slash at its end a prefix also means the directory itself, which the service lists without one. */
function isWithin(path: string, prefix: string | undefined): boolean {
  return prefix === undefined || `${path}/`.startsWith(prefix);
}

/** Texts that look the same are the same: one Unicode form, without invisible characters. */
function toPlainText(path: string): string {
  return path.replace(/\p{Cf}+/gu, '').normalize('NFC');
}

/** The directory that a path leads to. */
function toPlainPath(path: string): string {
  const parts: string[] = [];
  for (const part of toPlainText(path).split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(part);
  }
  return `/${parts.join('/')}`;
}
