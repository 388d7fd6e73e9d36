import { createAccessKeys } from './access-keys.ts';
import type { CloudAccount } from './accounts.ts';
import { createAccounts } from './accounts-list.ts';
import type { Cloud } from './cloud-api.ts';
import type { CloudOptions } from './cloud-options.ts';
import { createFaultQueue } from './faults.ts';
import { createIam } from './iam.ts';
import type { CloudProject } from './projects.ts';
import type { CloudRequest } from './requests.ts';
import { createServices } from './services.ts';
import { createTokens } from './tokens.ts';

export type { TemporaryCredentials } from './access-keys.ts';
export type { CloudAccount, CloudAgency, CloudUser } from './accounts.ts';
export type { Cloud } from './cloud-api.ts';
export type { CloudOptions } from './cloud-options.ts';
export type { Fault, FaultKind } from './faults.ts';
export type { CloudProject } from './projects.ts';
export type { CloudRegion } from './regions.ts';
export type { CloudRequest, Operation, Service } from './requests.ts';
export type { CloudTask, ShareInput, TaskInput } from './shares.ts';

const DAY_MS = 24 * 3_600_000;

/** Starts a stand-in of IAM, STS and SFS Turbo on loopback. What the documentation does not allow, it refuses. */
export async function startCloud(options: CloudOptions = {}): Promise<Cloud> {
  const { now = Date.now, region = 'cn-north-4', tokenLength = 8900, tokenLifetimeMs = DAY_MS } = options;
  const { listingLagMs = 0, taskRunsForMs = 60_000, rateLimitPerSecond = 200 } = options;
  const requests: CloudRequest[] = [];
  const deletedTaskIds: string[] = [];
  const onDeleted = (taskId: string) => deletedTaskIds.push(taskId);
  const faults = createFaultQueue();
  const accessKeys = createAccessKeys(now);
  const tokens = createTokens({ now, lengthChars: tokenLength, lifetimeMs: tokenLifetimeMs });
  const accounts = createAccounts({ now, listingLagMs, taskRunsForMs, onDeleted, tokens, accessKeys });
  const account = accounts.add('example-domain', 'du-cleaner');
  const { foreignProject, project, subProject } = addProjects(account, region);
  // no account is trusted: FunctionGraph alone takes it on
  const functionAgency = account.addAgency({ name: 'function-agency', trusts: { domainId: 'op_svc_cff' } });

  const services = createServices({
    now,
    faults,
    log: requests,
    keepAliveTimeoutMs: options.keepAliveTimeoutMs ?? 60_000,
    onRequest: options.onRequest ?? (() => {}),
    accounts,
    tokens,
    accessKeys,
    projectMismatch: options.projectMismatch ?? 'gateway',
    tagsInListings: options.tagsInListings ?? true,
  });
  const iamUrl = `${await services.start(createIam({ now, accounts, tokens, accessKeys }), options.iamPort)}/v3`;
  const stsUrl = await services.startSts();
  const sfsTurboPort = options.sfsTurboPort ?? 0;
  const { sfsTurboUrl } = await services.addRegion(region, { rateLimitPerSecond, port: sfsTurboPort });

  return {
    ...sharesOf(project),
    region,
    domainName: account.domainName,
    userName: account.user.name,
    password: account.user.password,
    projectId: project.id,
    projectName: project.name,
    subProjectId: subProject.id,
    foreignProjectId: foreignProject.id,
    accessKey: account.user.accessKey,
    secretKey: account.user.secretKey,
    iamUrl,
    stsUrl,
    sfsTurboUrl,
    environment: () => ({
      HW_REGION_NAME: region,
      HW_DOMAIN_NAME: account.domainName,
      HW_USER_NAME: account.user.name,
      HW_USER_PASSWORD: account.user.password,
      HW_AUTH_URL: iamUrl,
      SFS_TURBO_ENDPOINT: sfsTurboUrl,
    }),

    account,
    project,
    functionAgency,
    issueTemporaryCredentials(lifetimeMs, principal = functionAgency) {
      const { admit, ...credentials } = accessKeys.prepareTemporary(principal, lifetimeMs);
      admit();
      return credentials;
    },
    addAccount: (domainName, userName = 'du-cleaner') => accounts.add(domainName, userName),
    addRegion: (name, settings) => services.addRegion(name, { rateLimitPerSecond, port: 0, ...settings }),
    regionOf: services.regionOf,
    openFunctionGraph: (settings, owner = project) => services.openFunctionGraph(settings, owner),

    requests,
    requestsOf: (operation) => requests.filter((request) => request.operation === operation),
    deletedTaskIds,
    connectionsOf: services.connectionsOf,
    openConnectionsOf: services.openConnectionsOf,

    order: faults.order,
    clearFaults: faults.clear,
    changePassword: account.user.changePassword,
    revokeTokens: () => tokens.kill(),
    // the gateway documents one answer for both
    expireTokens: () => tokens.kill(),
    resetConnections: services.resetConnections,
    latency: services.latency,
    reset() {
      requests.length = 0;
      deletedTaskIds.length = 0;
      services.forget();
      accessKeys.unlock();
      for (const { projects, users } of accounts.all) {
        for (const { shares } of projects) shares.deletedTaskIds.length = 0;
        for (const { logins } of users) logins.forget();
      }
    },
    close: services.close,
  };
}

/** The region's own, a sub-project of it, and one in another region. */
function addProjects(account: CloudAccount, region: string) {
  const project = account.addProject(region);
  const subProject = account.addProject(`${region}_archive`);
  const foreignProject = account.addProject(region === 'cn-east-3' ? 'cn-south-1' : 'cn-east-3');
  return { project, subProject, foreignProject };
}

function sharesOf({ addShare, removeShare, addTask, removeTask, task, tasks, listed }: CloudProject) {
  return { addShare, removeShare, addTask, removeTask, task, tasks, listed };
}
