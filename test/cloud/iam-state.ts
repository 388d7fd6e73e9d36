import type { AccessKeys } from './access-keys.ts';
import type { Accounts } from './accounts-list.ts';
import type { Tokens } from './tokens.ts';

/** What IAM knows. */
export interface Iam {
  readonly now: () => number;
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
}
