import type { AccessKeys } from './access-keys.ts';
import { newId, newKeyPair, newPassword } from './ids.ts';
import { createLoginGuard, type LoginGuard } from './login-guard.ts';
import type { Principal, Rights } from './principals.ts';
import { type CloudProject, createProject, type ProjectDefaults, regionOf } from './projects.ts';
import type { Tokens } from './tokens.ts';

export interface CloudUser extends Principal {
  readonly kind: 'user';
  rights: Rights;
  /** as it was when the user was added; see {@link CloudUser.changePassword} */
  readonly password: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly logins: LoginGuard;
  hasPassword(password: string): boolean;
  /** The password is another one, and every token of the user is dead. */
  changePassword(password: string): void;
  /** The permanent key is unknown from now on. */
  revokeKey(): void;
}

export interface UserInput {
  readonly name?: string;
  readonly rights?: Rights;
}

export interface CloudAgency extends Principal {
  readonly kind: 'agency';
  rights: Rights;
  /** `iam::<domain id>:agency:<name>` */
  readonly urn: string;
  /** the accounts whose users and agencies may assume it */
  readonly trustedDomainIds: readonly string[];
  /** by STS: what a caller must send; nothing may be asked for by IAM v3, which has no such field */
  readonly externalId: string | undefined;
  readonly maxDurationSeconds: number;
  /** Nobody may assume it any more; whether keys issued before live on is not documented: {@link CloudAgency.killKeys}. */
  distrust(): void;
  /** It is gone: nobody finds it any more. */
  remove(): void;
  /** Keys that were issued for it are unknown from now on. */
  killKeys(): void;
}

export interface AgencyInput {
  readonly name?: string;
  /** the account that may assume it */
  readonly trusts: { readonly domainId: string };
  readonly externalId?: string;
  /** by STS; 3600 unless told */
  readonly maxDurationSeconds?: number;
  readonly rights?: Rights;
}

export interface CloudAccount {
  readonly domainId: string;
  readonly domainName: string;
  /** the first user, added with the account */
  readonly user: CloudUser;
  readonly users: readonly CloudUser[];
  readonly projects: readonly CloudProject[];
  readonly agencies: readonly CloudAgency[];
  /** @param name a region's, or a region's with `_` and more for a sub-project */
  addProject(name: string): CloudProject;
  addUser(user?: UserInput): CloudUser;
  addAgency(agency: AgencyInput): CloudAgency;
}

export interface AccountDefaults extends ProjectDefaults {
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
}

export function createAccount(domainName: string, userName: string, defaults: AccountDefaults): CloudAccount {
  const owner = { domainId: newId(), domainName };
  const users: CloudUser[] = [];
  const projects: CloudProject[] = [];
  const agencies: CloudAgency[] = [];

  function addUser(input: UserInput = {}): CloudUser {
    const user = createUser(input, owner, defaults);
    users.push(user);
    return user;
  }

  return {
    ...owner,
    user: addUser({ name: userName }),
    users,
    projects,
    agencies,
    addUser,
    addProject(name) {
      const region = regionOf(name);
      const parent = region === name ? undefined : projects.find((project) => project.name === region);
      if (region !== name && parent === undefined) throw new RangeError(`add the project ${region} before ${name}`);
      const project = createProject(name, owner, parent, defaults);
      projects.push(project);
      return project;
    },
    addAgency(input) {
      const agency = createAgency(input, owner, defaults.accessKeys, () =>
        agencies.splice(agencies.indexOf(agency), 1),
      );
      agencies.push(agency);
      return agency;
    },
  };
}

type Owner = Pick<Principal, 'domainId' | 'domainName'>;

function createUser(input: UserInput, owner: Owner, { accessKeys, now, tokens }: AccountDefaults): CloudUser {
  const key = newKeyPair();
  let password = newPassword();
  const user: CloudUser = {
    ...owner,
    ...key,
    kind: 'user',
    id: newId(),
    name: input.name ?? `user-${newId().slice(0, 8)}`,
    rights: input.rights ?? {},
    password,
    logins: createLoginGuard(now),
    hasPassword: (given) => given === password,
    changePassword(changed) {
      password = changed;
      tokens.kill(user);
    },
    revokeKey: () => accessKeys.remove(key.accessKey),
  };
  accessKeys.addPermanent(user, key);
  return user;
}

function createAgency(input: AgencyInput, owner: Owner, accessKeys: AccessKeys, remove: () => void): CloudAgency {
  const name = input.name ?? `agency-${newId().slice(0, 8)}`;
  const id = newId();
  const trustedDomainIds = [input.trusts.domainId];
  return {
    ...owner,
    kind: 'agency',
    id,
    name,
    rights: input.rights ?? {},
    urn: `iam::${owner.domainId}:agency:${name}`,
    trustedDomainIds,
    externalId: input.externalId,
    maxDurationSeconds: input.maxDurationSeconds ?? 3600,
    distrust() {
      trustedDomainIds.length = 0;
    },
    remove,
    killKeys: () => accessKeys.removeOf(id),
  };
}
