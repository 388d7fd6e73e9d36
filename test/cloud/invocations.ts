/** A function that a stand-in of a platform runs. `requestId` is the one that the invoker was told. */
export type CloudFunction = (event: unknown, requestId: string) => unknown;

export interface Invocation {
  readonly requestId: string;
  readonly functionName: string;
  /** as sent */
  readonly payload: string;
  /** the function's runs so far: more than one after a retry */
  readonly attempts: number;
  readonly state: 'waiting' | 'running' | 'succeeded' | 'failed';
}

/** The platform's own queue of asynchronous invocations. */
export interface Invocations {
  /** in order of arrival */
  readonly all: readonly Invocation[];
  add(functionName: string, payload: string, requestId: string): void;
  /** Resolves once nothing waits and nothing runs. */
  idle(): Promise<void>;
}

export interface InvocationOptions {
  readonly functions: Readonly<Record<string, CloudFunction>>;
  /** how many may run at once; 100 unless told, as FunctionGraph allows an account */
  readonly maxConcurrent?: number;
  /** further runs of a function that threw; 0 unless told, though both platforms have other defaults */
  readonly retries?: number;
  /** Each accepted invocation is delivered so many times: 1 unless told. Both platforms promise one at least. */
  readonly deliveries?: number;
}

export function createInvocations(options: InvocationOptions): Invocations {
  const { functions, maxConcurrent = 100, retries = 0, deliveries = 1 } = options;
  const all: { -readonly [K in keyof Invocation]: Invocation[K] }[] = [];
  let onIdle: (() => void)[] = [];
  let running = 0;

  async function run(invocation: (typeof all)[number]): Promise<void> {
    invocation.state = 'running';
    while (invocation.state === 'running') {
      invocation.attempts += 1;
      try {
        await functions[invocation.functionName]?.(JSON.parse(invocation.payload), invocation.requestId);
        invocation.state = 'succeeded';
      } catch {
        if (invocation.attempts > retries) invocation.state = 'failed';
      }
    }
  }

  function next(): void {
    const waiting = running < maxConcurrent ? all.find(({ state }) => state === 'waiting') : undefined;
    if (waiting === undefined) {
      if (running === 0) for (const resolve of onIdle.splice(0)) resolve();
      return;
    }
    running += 1;
    void run(waiting).then(() => {
      running -= 1;
      next();
    });
    next();
  }

  return {
    all,
    add(functionName, payload, requestId) {
      for (let delivery = 0; delivery < deliveries; delivery += 1) {
        all.push({ requestId, functionName, payload, attempts: 0, state: 'waiting' });
      }
      // after the answer, as the invoker must not wait for the function
      setImmediate(next);
    },
    idle() {
      if (all.every(({ state }) => state === 'succeeded' || state === 'failed')) return Promise.resolve();
      return new Promise((resolve) => {
        onIdle = [...onIdle, resolve];
      });
    },
  };
}
