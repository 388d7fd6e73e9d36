import type { Operation } from './requests.ts';

/** What a user or an agency may do. A change counts at once, for tokens and keys issued before it too. */
export interface Rights {
  /** ids of the projects that were granted; every project of the account unless told */
  readonly projectIds?: readonly string[];
  /** operations that were not granted; none unless told */
  readonly denied?: readonly Operation[];
}

/** Who a token or a key stands for. */
export interface Principal {
  readonly kind: 'user' | 'agency';
  readonly id: string;
  readonly name: string;
  /** the account that it belongs to; an agency belongs to the account whose resources it opens to others */
  readonly domainId: string;
  readonly domainName: string;
  readonly rights: Rights;
}

export function mayEnter(
  { domainId, rights }: Principal,
  project: { readonly id: string; readonly domainId: string },
): boolean {
  return project.domainId === domainId && (rights.projectIds?.includes(project.id) ?? true);
}

export function mayCall({ rights }: Principal, operation: Operation | 'unknown'): boolean {
  return operation === 'unknown' || rights.denied?.includes(operation) !== true;
}

/** `<account>/<user>` or `<account>/agency:<name>`, as {@link CloudRequest.caller} shows it. */
export function nameOf({ kind, domainName, name }: Principal): string {
  return kind === 'user' ? `${domainName}/${name}` : `${domainName}/agency:${name}`;
}
