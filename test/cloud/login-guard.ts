import { keystoneError, Refusal } from './answers.ts';

/** The account's defaults: https://support.huaweicloud.com/usermanual-iam5/iam_01_1172.html */
const MAX_LOGIN_FAILURES = 5;
const LOGIN_WINDOW_MS = 15 * 60_000;
const LOGIN_LOCK_MS = 15 * 60_000;

/** Counts a user's wrong passwords and locks the user out, right password or not. */
export interface LoginGuard {
  /** @throws {Refusal} 401 */
  check(isRight: boolean): void;
  succeed(): void;
  forget(): void;
}

export function createLoginGuard(now: () => number): LoginGuard {
  let failuresAtMs: number[] = [];
  let lockedUntilMs = Number.NEGATIVE_INFINITY;

  function fail(): void {
    failuresAtMs = [...failuresAtMs.filter((atMs) => atMs > now() - LOGIN_WINDOW_MS), now()];
    if (failuresAtMs.length < MAX_LOGIN_FAILURES) return;
    failuresAtMs = [];
    lockedUntilMs = now() + LOGIN_LOCK_MS;
  }

  return {
    check(isRight) {
      // IAM.0061
      if (lockedUntilMs > now()) throw new Refusal(keystoneError(401, 'Account locked.'));
      if (!isRight) throw new Refusal(wrongLogin(), fail);
    },
    succeed() {
      failuresAtMs = [];
    },
    forget() {
      failuresAtMs = [];
      lockedUntilMs = Number.NEGATIVE_INFINITY;
    },
  };
}

/** The same for an unknown user and a wrong password. */
export function wrongLogin() {
  return keystoneError(401, 'The username or password is wrong.');
}
