import {
  type AccountDefaults,
  type CloudAccount,
  type CloudAgency,
  type CloudUser,
  createAccount,
} from './accounts.ts';
import type { CloudProject } from './projects.ts';

/** Every account of the cloud, as IAM and the gateways look things up. */
export interface Accounts {
  readonly all: readonly CloudAccount[];
  add(domainName: string, userName: string): CloudAccount;
  account(domainId: string): CloudAccount | undefined;
  project(projectId: string): CloudProject | undefined;
  user(domainName: unknown, userName: unknown): CloudUser | undefined;
  agency(urn: unknown): CloudAgency | undefined;
}

export function createAccounts(defaults: AccountDefaults): Accounts {
  const all: CloudAccount[] = [];
  return {
    all,
    add(domainName, userName) {
      if (all.some((account) => account.domainName === domainName)) {
        throw new RangeError(`there is an account ${domainName} already`);
      }
      const account = createAccount(domainName, userName, defaults);
      all.push(account);
      return account;
    },
    account: (domainId) => all.find((account) => account.domainId === domainId),
    project(projectId) {
      for (const { projects } of all) {
        const project = projects.find(({ id }) => id === projectId);
        if (project !== undefined) return project;
      }
      return undefined;
    },
    user: (domainName, userName) =>
      all.find((account) => account.domainName === domainName)?.users.find(({ name }) => name === userName),
    agency: (urn) => all.flatMap(({ agencies }) => agencies).find((agency) => agency.urn === urn),
  };
}
