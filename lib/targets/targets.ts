import type { CredentialSettings, PasswordSettings } from '../config/credentials.ts';
import type { Config } from '../config/read-config.ts';
import type { TargetSettings, Targets } from '../config/targets.ts';
import { ServiceError } from '../core/errors.ts';
import { createCredentialsFor } from './credentials.ts';
import type { Outbound } from './outbound.ts';
import { createTarget, type Target } from './target.ts';

/**
 * Wires every target of a configuration once.
 *
 * @param reread reads the configuration anew, for a password that was changed while the instance ran
 */
export function createTargets<S extends TargetSettings>(
  { targets: [first, ...others], credentials }: Config & { readonly targets: Targets<S> },
  outbound: Outbound,
  reread: () => Promise<Pick<Config, 'credentials'>>,
): Targets<Target<S>> {
  const credentialsFor = createCredentialsFor(
    credentials,
    outbound,
    async () => passwordOf(await reread()),
    others.length > 0,
  );
  const toTarget = (settings: S): Target<S> =>
    createTarget(settings, credentialsFor(settings), outbound, needsIam(settings, credentials));
  return [toTarget(first), ...others.map(toTarget)];
}

/** A key whose project is known does without IAM; and the agency of FunctionGraph, where it is in the function's project. */
function needsIam({ project, name }: TargetSettings, { type }: CredentialSettings): boolean {
  if (type === 'password') return true;
  return project.id === undefined && (type === 'key' || name !== undefined);
}

/** @throws {ServiceError} `iam_rejected` when there is no password any more; the next call works with what took its place */
function passwordOf({ credentials }: Pick<Config, 'credentials'>): PasswordSettings {
  if (credentials.type === 'password') return credentials;
  throw new ServiceError('iam_rejected', "the function's credentials have just been changed");
}
