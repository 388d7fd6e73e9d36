import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** Processes from this one up to npm, if npm runs it, or else to its parent: each is the child of the next. */
export function startersOf(pid: number, isUnderNpm: boolean): readonly number[] {
  const parent = readProcess(pid)?.parent;
  if (parent === undefined || parent <= 1) return [pid];
  const isLast = !isUnderNpm || (readProcess(parent)?.name.startsWith('npm') ?? true);
  return [pid, ...(isLast ? [parent] : startersOf(parent, isUnderNpm))];
}

/** Whether all of them are still there: the children of a process that has ended get another parent. */
export function areAlive(starters: readonly number[]): boolean {
  return starters.every((pid, at) => {
    const expected = starters[at + 1];
    return expected === undefined || readProcess(pid)?.parent === expected;
  });
}

/** From the kernel where it tells, or else from `ps`; nothing where there is neither. */
function readProcess(pid: number): { readonly name: string; readonly parent: number } | undefined {
  try {
    const text = existsSync('/proc/self/stat') ? readFileSync(`/proc/${pid}/stat`, 'utf8') : statByPs(pid);
    // the name may have spaces and brackets of its own
    const [, name = '', parent = ''] = /^\d+ \((.*)\) \S+ (\d+)/s.exec(text) ?? [];
    return parent === '' ? undefined : { name, parent: Number(parent) };
  } catch {
    return undefined;
  }
}

function statByPs(pid: number): string {
  const args = ['-o', 'ppid=,command=', '-p', String(pid)];
  const [, parent, name] = /^\s*(\d+) (.*)/.exec(execFileSync('ps', args, { encoding: 'utf8' })) ?? [];
  return `${pid} (${name}) S ${parent}`;
}
