import type { CredentialSettings, PasswordSettings } from '../config/credentials.ts';
import type { AccountSettings, TargetSettings } from '../config/targets.ts';
import type { AccessKey, Call } from '../core/call.ts';
import type { AssumedKey } from '../iam/assume-exchange.ts';
import { createAssumedCredentials } from '../iam/assumed-credentials.ts';
import { createAssumedKeys } from '../iam/assumed-keys.ts';
import type { Credentials } from '../iam/credentials.ts';
import { createKeyCredentials } from '../iam/key-credentials.ts';
import { agencyKeyOf, createKeySource } from '../iam/key-source.ts';
import { createLogin } from '../iam/login.ts';
import { createProjectFinder, type ProjectFinder } from '../iam/projects.ts';
import type { Renewable } from '../iam/renewing-send.ts';
import { createTokenSource } from '../iam/token.ts';
import { createTokenCredentials } from '../iam/token-credentials.ts';
import { createPermittedSend } from '../net/permitted-send.ts';
import type { Outbound } from './outbound.ts';

/** Makes the credentials of one target. What targets share is made once: the login of the user, the key, an account's agency. */
type CredentialsFor = (target: TargetSettings) => Credentials;

/**
 * @param rereadPassword reads the user anew, for a password that was changed while the instance ran
 * @param isShared whether there are several targets
 */
export function createCredentialsFor(
  settings: CredentialSettings,
  outbound: Outbound,
  rereadPassword: () => Promise<PasswordSettings>,
  isShared: boolean,
): CredentialsFor {
  switch (settings.type) {
    case 'password':
      return byPassword(settings, outbound, rereadPassword);
    case 'key':
      return byKey(() => settings, outbound, isShared);
    case 'agency':
      return byKey(agencyKeyOf, outbound, isShared);
    default:
      settings satisfies never;
      throw new TypeError('unknown credentials');
  }
}

/** A token for each target, of one user. */
function byPassword(
  user: PasswordSettings,
  outbound: Outbound,
  rereadPassword: () => Promise<PasswordSettings>,
): CredentialsFor {
  const { transport, runtime } = outbound;
  const login = createLogin(user, runtime, rereadPassword);
  return (target) => {
    const tokens = createTokenSource(target, user, outbound, login);
    const send = createPermittedSend(target.requestTimeoutMs, transport, runtime);
    return createTokenCredentials(tokens, target.project, send, runtime);
  };
}

/** One key for the targets of its account, and one of an agency's for those of each other account. */
function byKey(keyOf: (call: Call) => AccessKey, outbound: Outbound, isShared: boolean): CredentialsFor {
  const { transport, runtime } = outbound;
  const own = createKeySource(keyOf, runtime, { isShared });
  const keysByAccount = new Map<string, Renewable<AssumedKey>>();

  function keysOf(account: AccountSettings, requestTimeoutMs: number): Renewable<AssumedKey> {
    const keys = keysByAccount.get(account.name) ?? createAssumedKeys(account, requestTimeoutMs, own, outbound);
    keysByAccount.set(account.name, keys);
    return keys;
  }

  return (target) => {
    const send = createPermittedSend(target.requestTimeoutMs, transport, runtime);
    const projects = createFinder(target, outbound);
    return target.account === undefined
      ? createKeyCredentials(own, projects, send, runtime)
      : createAssumedCredentials(keysOf(target.account, target.requestTimeoutMs), own, projects, send, runtime);
  };
}

/** The project that FunctionGraph's function is in is the one to work in only where no target says another. */
function createFinder(target: TargetSettings, outbound: Outbound): ProjectFinder {
  const finder = createProjectFinder(target, outbound);
  if (target.name === undefined) return finder;
  const withoutAgency = (call: Call): Call => ({ ...call, agency: undefined });
  return {
    find: (key, call) => finder.find(key, withoutAgency(call)),
    isKnown: (call) => finder.isKnown(withoutAgency(call)),
  };
}
