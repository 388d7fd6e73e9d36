import type { AccessKeys } from './access-keys.ts';
import type { Accounts } from './accounts-list.ts';
import { createGateway, type ProjectMismatch } from './gateway.ts';
import { createRateLimit } from './rate-limit.ts';
import { type RunningService, type ServiceOptions, startService } from './server.ts';
import { createSfsTurbo } from './sfs-turbo.ts';
import type { Tokens } from './tokens.ts';

/** SFS Turbo in one region, at an address of its own. */
export interface CloudRegion {
  readonly name: string;
  /** `http://127.0.0.1:<port>` */
  readonly sfsTurboUrl: string;
  /** Standing latency in real milliseconds, before a request is carried out. */
  latency(ms: number): void;
  /** TCP connections accepted so far */
  connections(): number;
  openConnections(): number;
  /** Ends open connections, idle ones too, with RST. */
  resetConnections(): void;
}

export interface RegionOptions {
  /** of each API, for each account, by the cloud's clock: 200 as documented; `Infinity` is allowed */
  readonly rateLimitPerSecond: number;
  /** 0: any free one */
  readonly port: number;
}

export interface RegionDefaults extends Omit<ServiceOptions, 'port'> {
  readonly accounts: Accounts;
  readonly tokens: Tokens;
  readonly accessKeys: AccessKeys;
  readonly projectMismatch: ProjectMismatch;
  readonly tagsInListings: boolean;
}

export interface RunningRegion extends CloudRegion {
  readonly service: RunningService;
  forget(): void;
}

export async function startRegion(
  name: string,
  { port, rateLimitPerSecond }: RegionOptions,
  defaults: RegionDefaults,
): Promise<RunningRegion> {
  const rateLimit = createRateLimit('sfs-turbo', defaults.now, rateLimitPerSecond);
  const gateway = createGateway({ ...defaults, region: name, rateLimit });
  const { tagsInListings } = defaults;
  const service = await startService(createSfsTurbo({ region: name, gateway, tagsInListings }), { ...defaults, port });
  return {
    name,
    sfsTurboUrl: `http://127.0.0.1:${service.port}`,
    latency: service.setLatency,
    connections: service.connections,
    openConnections: service.openConnections,
    resetConnections: service.resetConnections,
    service,
    forget() {
      service.forget();
      rateLimit.forget();
    },
  };
}
