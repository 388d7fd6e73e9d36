import { type AccessKey, type Call, withinDeadline } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import { type Runtime, startSpan } from '../core/runtime.ts';
import { createKeyWatch } from './key-watch.ts';
import { createTrial } from './trial.ts';

/** The function's own access key: one for all projects of its account. What is known of its refusals is the key's. */
export interface KeySource {
  /** @throws {ServiceError} `iam_rejected` while this key was refused lately; `misconfigured` without a key */
  readonly current: (call: Call) => AccessKey;
  /**
   * Makes a request with the key. Where many targets have one key, the first request is waited for until the key is known to
   * be right: many at once with a wrong one would lock it.
   *
   * @param request it refuses or accepts the key before it ends
   * @param isProof whether a result shows that the key is right
   * @throws {ServiceError} what `current` and `request` throw
   */
  readonly use: <T>(call: Call, request: (key: AccessKey) => Promise<T>, isProof: (result: T) => boolean) => Promise<T>;
  readonly accept: (key: AccessKey) => void;
  readonly refuse: (key: AccessKey) => void;
  readonly isInDoubt: () => boolean;
}

// a key may be changed at any time, so one that was right a while ago is tried by one request again
const RIGHT_FOR_MS = 60_000;
// a request may have to wait for reasons of its target, and no other target waits longer than this for it
const WAIT_MS = 2_000;

/**
 * @param keyOf the configured key, or the agency's, which comes with the call and is never kept
 * @param isShared whether many targets have the key
 */
export function createKeySource(
  keyOf: (call: Call) => AccessKey,
  runtime: Runtime,
  { isShared }: { readonly isShared: boolean },
): KeySource {
  const { refusal, ...watch } = createKeyWatch(runtime);
  let right: { readonly accessKey: string; readonly lasts: () => boolean } | undefined;
  const trial = createTrial(WAIT_MS, runtime);

  function current(call: Call): AccessKey {
    const key = keyOf(call);
    const refused = refusal(key);
    if (refused !== undefined) throw refused;
    return key;
  }

  const isRight = ({ accessKey }: AccessKey): boolean => right?.accessKey === accessKey && right.lasts();

  /** The end of the request that tries the key, where one does. */
  const trialOf = (key: AccessKey): Promise<unknown> | undefined => (isRight(key) ? undefined : trial.ended());

  async function tryKey<T>(key: AccessKey, request: () => Promise<T>, isProof: (result: T) => boolean): Promise<T> {
    const value = await request();
    if (isProof(value)) right = { accessKey: key.accessKey, lasts: startSpan(runtime, RIGHT_FOR_MS) };
    return value;
  }

  return {
    ...watch,
    current,
    use: async (call, request, isProof) => {
      if (!isShared) return request(current(call));
      // nothing may come between the last look and the start
      for (let ended = trialOf(current(call)); ended !== undefined; ended = trialOf(current(call))) {
        if (!(await endsInTime(ended))) break;
      }
      const key = current(call);
      if (isRight(key)) return request(key);
      return trial.run(() => tryKey(key, () => request(key), isProof));
    },
    refuse: (key) => {
      right = undefined;
      watch.refuse(key);
    },
  };
}

async function endsInTime(trial: Promise<unknown>): Promise<boolean> {
  const late = () => new ServiceError('upstream_timeout', 'another request with the key did not end in time');
  const ended = trial.then(() => true);
  return withinDeadline(ended, WAIT_MS, late).catch(() => false);
}

/** The agency's key of this invocation. */
export function agencyKeyOf({ agency }: Call): AccessKey {
  if (agency !== undefined) return agency;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: ['the function has no agency (and neither HW_USER_NAME nor HW_ACCESS_KEY is set)'],
  });
}
