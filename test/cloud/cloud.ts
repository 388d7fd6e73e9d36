import { randomBytes } from 'node:crypto';
import { createAccessKeys, type TemporaryCredentials } from './access-keys.ts';
import { createFaultQueue, type Fault } from './faults.ts';
import { createGateway } from './gateway.ts';
import { createIam } from './iam.ts';
import type { CloudRequest, Operation, Service } from './requests.ts';
import { startService } from './server.ts';
import { createSfsTurbo } from './sfs-turbo.ts';
import { type CloudTask, createShares, type ListedTask, type ShareInput, type TaskInput } from './shares.ts';
import { createTokens, type Project } from './tokens.ts';

export type { TemporaryCredentials } from './access-keys.ts';
export type { Fault, FaultKind } from './faults.ts';
export type { CloudRequest, Operation, Service } from './requests.ts';
export type { CloudTask, ShareInput, TaskInput } from './shares.ts';

export interface CloudOptions {
  /** the cloud's clock: expiry, lock-outs, running tasks, rate limit, lag; latency alone is real time */
  readonly now?: () => number;
  /** `cn-north-4` */
  readonly region?: string;
  /** characters; 8900, because real tokens are that long */
  readonly tokenLength?: number;
  /** 24 h */
  readonly tokenLifetimeMs?: number;
  /** how long listings still show a deleted task: 0; the documentation speaks of a cache of 5 min */
  readonly listingLagMs?: number;
  /** of each API of SFS Turbo, by the cloud's clock: 200 as documented; `Infinity` is allowed */
  readonly rateLimitPerSecond?: number;
  /** how long a task runs that was not told: 60 s */
  readonly taskRunsForMs?: number;
  /** 0: any free one */
  readonly iamPort?: number;
  readonly sfsTurboPort?: number;
  /** after which an idle connection is closed, without a hint to the client: 60 s */
  readonly keepAliveTimeoutMs?: number;
  /** Called just before a request is carried out; what it changes is what the request meets. */
  readonly onRequest?: (request: CloudRequest) => void;
}

export interface Cloud {
  readonly region: string;
  readonly domainName: string;
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
  /** a sub-project of the region: its tokens are good, but it has no shares */
  readonly subProjectId: string;
  /** the account's project in another region: its tokens are not accepted here */
  readonly foreignProjectId: string;
  readonly accessKey: string;
  readonly secretKey: string;
  /** `http://127.0.0.1:<port>/v3` */
  readonly iamUrl: string;
  /** `http://127.0.0.1:<port>` */
  readonly sfsTurboUrl: string;
  /** The variables that point a function at this cloud, with the password as credentials. */
  environment(): Record<string, string>;
  /** Temporary access keys such as an agency has; valid for 24 h unless told. */
  issueTemporaryCredentials(lifetimeMs?: number): TemporaryCredentials;

  /** Adds a share and returns its id. */
  addShare(share?: ShareInput): string;
  removeShare(shareId: string): void;
  /**
   * Puts a task into a share, past HTTP and its limits, and returns its id. Without `status`, `endTime` and
   * `runsForMs` it is one that has just begun to run.
   *
   * @throws {RangeError} when the share is unknown or has the id already
   */
  addTask(shareId: string, task?: TaskInput): string;
  /** Takes a task out of its share, past HTTP: listings do not show it any more. */
  removeTask(shareId: string, taskId: string): void;
  /** The true state, without the lag of listings. */
  task(shareId: string, taskId: string): CloudTask | undefined;
  tasks(shareId: string): readonly CloudTask[];
  /** The records that a listing shows at the moment, lag and oddities included. */
  listed(shareId: string): readonly ListedTask[];

  /** every request that arrived, in order */
  readonly requests: readonly CloudRequest[];
  requestsOf(operation: Operation): readonly CloudRequest[];
  /** every task that was deleted by a request, once per deletion, in order */
  readonly deletedTaskIds: readonly string[];
  /** TCP connections accepted so far */
  connectionsOf(service: Service): number;
  openConnectionsOf(service: Service): number;

  /** Orders a fault for the next matching requests; of several that match, the one ordered first comes first. */
  order(fault: Fault): void;
  clearFaults(): void;
  /** The user's password is another one, and every token issued so far is dead. */
  changePassword(password: string): void;
  /** Every token issued so far is dead, as after a change of the user's permissions. */
  revokeTokens(): void;
  /** Every token issued so far is past its time. */
  expireTokens(): void;
  /** Ends open connections, idle ones too, with RST. */
  resetConnections(service?: Service): void;
  /** Standing latency in real milliseconds, before a request is carried out. */
  latency(service: Service, ms: number): void;
  /** Forgets requests, counters and lock-outs; keeps shares, tasks, tokens and ordered faults. */
  reset(): void;
  close(): Promise<void>;
}

const DAY_MS = 24 * 3_600_000;

/** Starts a stand-in of IAM and SFS Turbo on loopback. What the documentation does not allow, it refuses. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const {
    now = Date.now,
    region = 'cn-north-4',
    rateLimitPerSecond = 200,
    keepAliveTimeoutMs = 60_000,
    onRequest = () => {},
  } = options;
  const project = newProject(region, region);
  const subProject = newProject(`${region}_archive`, region);
  const foreignRegion = region === 'cn-east-3' ? 'cn-south-1' : 'cn-east-3';
  const foreignProject = newProject(foreignRegion, foreignRegion);
  const projects = [project, subProject, foreignProject];
  const account = {
    domainId: newId(),
    domainName: 'example-domain',
    userId: newId(),
    userName: 'du-cleaner',
    password: `Pw-${randomBytes(12).toString('base64url')}`,
    projects,
  };
  const permanentKey = { accessKey: newId().slice(0, 20).toUpperCase(), secretKey: randomBytes(20).toString('hex') };

  const { tokenLength = 8900, tokenLifetimeMs = DAY_MS, listingLagMs = 0, taskRunsForMs = 60_000 } = options;
  const accessKeys = createAccessKeys(permanentKey, now);
  const tokens = createTokens({ now, lengthChars: tokenLength, lifetimeMs: tokenLifetimeMs });
  const shares = createShares({ now, listingLagMs, taskRunsForMs });
  const gateway = createGateway({ now, region, projects, tokens, accessKeys, rateLimitPerSecond });
  const iam = createIam({ now, account, tokens, accessKeys });
  const sfsTurbo = createSfsTurbo({ region, gateway, shares, projectId: project.id });

  const faults = createFaultQueue();
  const requests: CloudRequest[] = [];
  const shared = { now, faults, log: requests, keepAliveTimeoutMs, onRequest };
  const services = {
    iam: await startService(iam, { ...shared, port: options.iamPort ?? 0 }),
    'sfs-turbo': await startService(sfsTurbo, { ...shared, port: options.sfsTurboPort ?? 0 }),
  };
  const iamUrl = `http://127.0.0.1:${services.iam.port}/v3`;
  const sfsTurboUrl = `http://127.0.0.1:${services['sfs-turbo'].port}`;

  return {
    region,
    domainName: account.domainName,
    userName: account.userName,
    password: account.password,
    projectId: project.id,
    projectName: project.name,
    subProjectId: subProject.id,
    foreignProjectId: foreignProject.id,
    ...permanentKey,
    iamUrl,
    sfsTurboUrl,
    environment: () => ({
      HW_REGION_NAME: region,
      HW_DOMAIN_NAME: account.domainName,
      HW_USER_NAME: account.userName,
      HW_USER_PASSWORD: account.password,
      HW_AUTH_URL: iamUrl,
      SFS_TURBO_ENDPOINT: sfsTurboUrl,
    }),
    issueTemporaryCredentials: accessKeys.issueTemporary,

    addShare: (share = {}) => shares.add(share),
    removeShare: shares.remove,
    addTask: (shareId, task = {}) => shares.addTask(shareId, task),
    removeTask: (shareId, taskId) => {
      shares.all.get(shareId)?.tasks.delete(taskId);
    },
    task(shareId, taskId) {
      const share = shares.all.get(shareId);
      return share === undefined ? undefined : shares.task(share, taskId);
    },
    tasks(shareId) {
      const share = shares.all.get(shareId);
      return share === undefined ? [] : shares.tasks(share);
    },
    listed(shareId) {
      const share = shares.all.get(shareId);
      return share === undefined ? [] : shares.listed(share);
    },

    requests,
    requestsOf: (operation) => requests.filter((request) => request.operation === operation),
    deletedTaskIds: shares.deletedTaskIds,
    connectionsOf: (service) => services[service].connections(),
    openConnectionsOf: (service) => services[service].openConnections(),

    order: faults.order,
    clearFaults: faults.clear,
    changePassword(password) {
      account.password = password;
      tokens.kill();
    },
    revokeTokens: tokens.kill,
    // the gateway documents one answer for both
    expireTokens: tokens.kill,
    resetConnections(service) {
      const chosen = service === undefined ? Object.values(services) : [services[service]];
      for (const each of chosen) each.resetConnections();
    },
    latency(service, ms) {
      services[service].setLatency(ms);
    },
    reset() {
      requests.length = 0;
      shares.deletedTaskIds.length = 0;
      for (const service of Object.values(services)) service.forget();
      gateway.forget();
      accessKeys.unlock();
      iam.unlock();
    },
    async close() {
      await Promise.all(Object.values(services).map((service) => service.close()));
    },
  };
}

function newId(): string {
  return randomBytes(16).toString('hex');
}

function newProject(name: string, region: string): Project {
  return { id: newId(), name, region };
}
