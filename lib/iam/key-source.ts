import type { AccessKey, Call } from '../core/call.ts';
import { ServiceError } from '../core/errors.ts';
import type { Runtime } from '../core/runtime.ts';
import { createKeyWatch } from './key-watch.ts';

/** The function's own access key: one for all projects of its account. What is known of its refusals is the key's. */
export interface KeySource {
  /** @throws {ServiceError} `iam_rejected` while this key was refused lately; `misconfigured` without a key */
  readonly current: (call: Call) => AccessKey;
  readonly accept: (key: AccessKey) => void;
  readonly refuse: (key: AccessKey) => void;
  readonly isInDoubt: () => boolean;
}

/** @param keyOf the configured key, or the agency's, which comes with the call and is never kept */
export function createKeySource(keyOf: (call: Call) => AccessKey, runtime: Runtime): KeySource {
  const { refusal, ...watch } = createKeyWatch(runtime);
  return {
    ...watch,
    current: (call) => {
      const key = keyOf(call);
      const refused = refusal(key);
      if (refused !== undefined) throw refused;
      return key;
    },
  };
}

/** The agency's key of this invocation. */
export function agencyKeyOf({ agency }: Call): AccessKey {
  if (agency !== undefined) return agency;
  throw new ServiceError('misconfigured', 'the function is not configured; its log names the variables', {
    faults: ['the function has no agency (and neither HW_USER_NAME nor HW_ACCESS_KEY is set)'],
  });
}
