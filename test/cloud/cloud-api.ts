import type { TemporaryCredentials } from './access-keys.ts';
import type { CloudAccount, CloudAgency } from './accounts.ts';
import type { Fault } from './faults.ts';
import type { FunctionGraph } from './functiongraph.ts';
import type { InvocationOptions } from './invocations.ts';
import type { Principal } from './principals.ts';
import type { CloudProject } from './projects.ts';
import type { CloudRegion, RegionOptions } from './regions.ts';
import type { CloudRequest, Operation, Service } from './requests.ts';

type ShareCalls = Pick<
  CloudProject,
  'addShare' | 'removeShare' | 'addTask' | 'removeTask' | 'task' | 'tasks' | 'listed'
>;

/** Accounts, regions and projects. What is named without an account or a project is of the first one. */
export interface Cloud extends ShareCalls {
  readonly region: string;
  readonly domainName: string;
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
  /** a sub-project of the region: its tokens are good, but it has no shares unless they are added */
  readonly subProjectId: string;
  /** the account's project in another region: its tokens are not accepted here */
  readonly foreignProjectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `http://127.0.0.1:<port>/v3`, of every region */
  readonly iamUrl: string;
  /** `http://127.0.0.1:<port>`, of every region */
  readonly stsUrl: string;
  /** `http://127.0.0.1:<port>`, of the first region */
  readonly sfsTurboUrl: string;
  /** The variables that point a function at this cloud, with the password as credentials. */
  environment(): Record<string, string>;

  readonly account: CloudAccount;
  readonly project: CloudProject;
  /** whom a function of the first account is: its keys come with the context, and it may assume agencies by STS alone */
  readonly functionAgency: CloudAgency;
  /** Temporary keys of the function's agency unless told of another one; valid for 24 h unless told. */
  issueTemporaryCredentials(lifetimeMs?: number, principal?: Principal): TemporaryCredentials;
  /** @throws {RangeError} when there is an account of that name */
  addAccount(domainName: string, userName?: string): CloudAccount;
  /** Opens SFS Turbo in another region. */
  addRegion(name: string, options?: Partial<RegionOptions>): Promise<CloudRegion>;
  /** @throws {RangeError} when that region is not open */
  regionOf(name: string): CloudRegion;
  /** Opens FunctionGraph for functions of a project; the first one unless told. */
  openFunctionGraph(options: InvocationOptions, project?: CloudProject): Promise<FunctionGraph>;

  /** every request that arrived, in order */
  readonly requests: readonly CloudRequest[];
  requestsOf(operation: Operation): readonly CloudRequest[];
  /** every task that was deleted by a request, once per deletion, in order, whatever its project */
  readonly deletedTaskIds: readonly string[];
  /** TCP connections accepted so far, in all regions */
  connectionsOf(service: Service): number;
  openConnectionsOf(service: Service): number;

  /** Orders a fault for the next matching requests; of several that match, the one ordered first comes first. */
  order(fault: Fault): void;
  clearFaults(): void;
  /** The user's password is another one, and every token of the user issued so far is dead. */
  changePassword(password: string): void;
  /** Every token issued so far is dead, as after a change of the users' permissions. */
  revokeTokens(): void;
  /** Every token issued so far is past its time. */
  expireTokens(): void;
  /** Ends open connections, idle ones too, with RST. */
  resetConnections(service?: Service): void;
  /** Standing latency in real milliseconds, before a request is carried out, in every region that is open. */
  latency(service: Service, ms: number): void;
  /** Forgets requests, counters and lock-outs; keeps shares, tasks, tokens and ordered faults. */
  reset(): void;
  close(): Promise<void>;
}
