import type { Cloud } from './cloud-api.ts';
import { createFunctionGraph, type FunctionGraph } from './functiongraph.ts';
import { createGateway } from './gateway.ts';
import type { InvocationOptions } from './invocations.ts';
import type { CloudProject } from './projects.ts';
import { createRateLimit } from './rate-limit.ts';
import {
  type CloudRegion,
  type RegionDefaults,
  type RegionOptions,
  type RunningRegion,
  startRegion,
} from './regions.ts';
import type { Service } from './requests.ts';
import { type RunningService, type ServiceDefinition, startService } from './server.ts';
import { createSts } from './sts.ts';

interface Running {
  readonly service: Service;
  readonly server: RunningService;
  forget(): void;
}

type ServiceCalls = Pick<Cloud, 'connectionsOf' | 'openConnectionsOf' | 'resetConnections' | 'latency' | 'close'>;

/** The servers of a cloud. */
export interface Services extends ServiceCalls {
  /** @returns its address, without a path */
  start(definition: ServiceDefinition, port?: number): Promise<string>;
  startSts(): Promise<string>;
  addRegion(name: string, options: RegionOptions): Promise<CloudRegion>;
  /** @throws {RangeError} */
  regionOf(name: string): CloudRegion;
  openFunctionGraph(options: InvocationOptions, project: CloudProject): Promise<FunctionGraph>;
  forget(): void;
}

export function createServices(defaults: RegionDefaults): Services {
  const running: Running[] = [];
  const regions = new Map<string, RunningRegion>();
  const of = (service: Service) => running.filter((each) => each.service === service).map(({ server }) => server);
  const sum = (counts: readonly number[]) => counts.reduce((all, count) => all + count, 0);

  async function start(definition: ServiceDefinition, port = 0): Promise<string> {
    const server = await startService(definition, { ...defaults, port });
    running.push({ service: definition.service, server, forget: server.forget });
    return `http://127.0.0.1:${server.port}`;
  }

  return {
    start,
    startSts: () => start(createSts(defaults)),
    async addRegion(name, options) {
      if (regions.has(name)) throw new RangeError(`the region ${name} is open already`);
      const region = await startRegion(name, options, defaults);
      regions.set(name, region);
      running.push({ service: 'sfs-turbo', server: region.service, forget: region.forget });
      return region;
    },
    regionOf(name) {
      const region = regions.get(name);
      if (region === undefined) throw new RangeError(`the region ${name} is not open; call addRegion first`);
      return region;
    },
    async openFunctionGraph(options, project) {
      const rateLimit = createRateLimit('functiongraph', defaults.now, 200);
      const gateway = createGateway({ ...defaults, region: project.region, rateLimit });
      const { definition, urn, invocations } = createFunctionGraph(project, gateway, options);
      const url = await start(definition);
      return { url, urn, invocations: invocations.all, idle: invocations.idle };
    },

    connectionsOf: (service) => sum(of(service).map((server) => server.connections())),
    openConnectionsOf: (service) => sum(of(service).map((server) => server.openConnections())),
    resetConnections(service) {
      const chosen = service === undefined ? running.map(({ server }) => server) : of(service);
      for (const server of chosen) server.resetConnections();
    },
    latency(service, ms) {
      for (const server of of(service)) server.setLatency(ms);
    },
    forget() {
      for (const each of running) each.forget();
    },
    async close() {
      await Promise.all(running.map(({ server }) => server.close()));
    },
  };
}
