import type { FunctionGraphCloud } from './cloud.ts';
import type { CloudState, StoredFunction } from './state.ts';

/** A function of the service `du`, stage `test`, by its name in serverless.yml. */
export function functionNamed({ functions }: CloudState, key: string): StoredFunction {
  const fn = [...functions.values()].find(({ config }) => config.func_name === `du-test-${key}`);
  if (!fn) throw new Error(`${key} does not exist`);
  return fn;
}

export function triggersOf(state: CloudState, key: string): Record<string, unknown>[] {
  return [...functionNamed(state, key).triggers.values()].map(({ type, status, eventData }) => ({
    triggerType: type,
    status,
    ...eventData,
  }));
}

/** What a deployment decides, without ids and times. */
export function comparable({ functions, apis, throttles }: CloudState): unknown {
  return {
    functions: [...functions.values()].map(({ triggers, lastModified: _time, ...fn }) => ({
      ...fn,
      triggers: [...triggers.values()].map(({ id: _id, ...trigger }) => trigger),
    })),
    apis: [...apis.values()].map(({ id: _id, publishId: _publication, throttleId, ...api }) => ({
      ...api,
      isThrottled: throttleId !== undefined,
    })),
    throttles: [...throttles.values()].map(({ id: _id, ...throttle }) => throttle),
  };
}

/** The operations that were asked for, in order, whose names begin so. */
export function operations({ requests }: FunctionGraphCloud, ...prefixes: string[]): string[] {
  return requests
    .map(({ operation }) => operation)
    .filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
}
