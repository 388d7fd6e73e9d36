import type { PasswordSettings } from '../config/credentials.ts';
import { ServiceError } from '../core/errors.ts';
import { type Runtime, startSpan } from '../core/runtime.ts';
import type { RetryDeadline } from '../net/retry.ts';
import { createRefusals } from './refusals.ts';
import { createTrial } from './trial.ts';

/**
 * One IAM user, who logs in for as many projects as there are. Until IAM has taken the password there is one login at a time,
 * and a password that IAM refused is refused for all: the refusal belongs to the user, and not to a project.
 */
export interface Login {
  /**
   * Logs in, after the login under way where the password is not known to be right.
   *
   * @throws {ServiceError} what `logIn` throws, or threw for another project of the user's; `upstream_timeout` when its turn
   *   comes after the deadline
   */
  readonly run: <T>(deadline: RetryDeadline, logIn: (user: PasswordSettings) => Promise<T>) => Promise<T>;
  /** A token of the user's was refused: the password may have been changed. */
  readonly doubt: () => void;
  /** Whether the user or a token was refused, and no login has succeeded since. */
  readonly isInDoubt: () => boolean;
}

// Five failed logins within 15 minutes lock the account for 15 minutes, which nobody can undo, and every instance of the
// function makes its own. A password that IAM refused does not become right, so an instance sends it once in that time.
export const REMEMBER_WRONG_PASSWORD_MS = 15 * 60_000;
// a password may be changed at any time, so one that was right a while ago is tried by one login again
const RIGHT_FOR_MS = 60_000;
// older than this, a login under way is one that a freeze has stopped: nobody waits for it
const WAIT_FOR_YOUNGER_MS = 2_000;

/** @param reread reads the user anew, for a password that was changed while the instance ran */
export function createLogin(
  configured: PasswordSettings,
  runtime: Runtime,
  reread: () => Promise<PasswordSettings> = async () => configured,
): Login {
  const refusals = createRefusals(runtime);
  let user = configured;
  let isInDoubt = false;
  let isRight = () => false;
  const trial = createTrial(WAIT_FOR_YOUNGER_MS, runtime);

  async function attempt<T>(logIn: (user: PasswordSettings) => Promise<T>): Promise<T> {
    try {
      // a password that was changed under a running instance must not be sent once more
      if (isInDoubt) user = await reread();
      const result = await logIn(user);
      isInDoubt = false;
      isRight = startSpan(runtime, RIGHT_FOR_MS);
      refusals.forget();
      return result;
    } catch (error) {
      if (error instanceof ServiceError && error.code === 'iam_rejected') refuse(error);
      throw error;
    }
  }

  function refuse(error: ServiceError): void {
    isInDoubt = true;
    // the other refusals are of one project, and do not count as failed logins
    if (error.upstream?.status !== 401) return;
    isRight = () => false;
    refusals.remember(error, REMEMBER_WRONG_PASSWORD_MS);
  }

  return {
    async run(deadline, logIn) {
      for (let ended = trial.ended(); !isRight() && ended !== undefined; ended = trial.ended()) {
        await ended;
        if (deadline.deadlineAtMs <= runtime.now()) {
          throw new ServiceError('upstream_timeout', 'IAM did not answer in time');
        }
      }
      const refusal = refusals.current();
      if (refusal !== undefined) throw refusal;
      return isRight() ? attempt(logIn) : trial.run(() => attempt(logIn));
    },
    doubt: () => {
      isInDoubt = true;
      isRight = () => false;
    },
    isInDoubt: () => isInDoubt,
  };
}
