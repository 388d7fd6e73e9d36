import { wrap } from './print.ts';

/** A line of the log for people: when, how bad, what, and its fields. */
export function logText(line: string): string {
  // CloudWatch's metrics are a line of their own form: what describes them says nothing to a person
  const { timestamp, level, event, message, _aws: metrics, ...fields } = parse(line);
  const time = typeof timestamp === 'string' ? timestamp.slice(11, 19) : '';
  const words = Object.entries(fields).map(([name, value]) => `${name}=${textOf(value)}`);
  const what = [event, message, metrics && 'metrics'].filter((text) => text !== undefined).join(': ');
  return wrap([time, String(level ?? '').padEnd(5), what, ...words].join(' ').trim());
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parse(line: string): Record<string, unknown> {
  try {
    return JSON.parse(line);
  } catch {
    return { timestamp: '', level: '', message: line };
  }
}
