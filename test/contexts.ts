/** Lambda's context, as far as anybody reads it. */
export function lambdaContext(remainingMs = 25_000, requestId = 'request-1'): object {
  const endsAtMs = performance.now() + remainingMs;
  return { awsRequestId: requestId, getRemainingTimeInMillis: () => endsAtMs - performance.now() };
}

export interface FunctionGraphOptions {
  readonly userData?: Readonly<Record<string, string>>;
  readonly remainingMs?: number;
  readonly requestId?: string;
  readonly projectId?: string;
  /** Of the agency; empty without one, as documented. */
  readonly securityAccessKey?: string;
  readonly securitySecretKey?: string;
  readonly securityToken?: string;
}

/**
 * FunctionGraph's context with exactly the documented methods: on the prototype of a class, so that a spread or a
 * destructured method finds nothing.
 *
 * @see https://support.huaweicloud.com/intl/en-us/devg-functiongraph/functiongraph_02_0501.html
 */
export class FunctionGraphContext {
  readonly #options: FunctionGraphOptions;
  readonly #startedAtMs = performance.now();

  constructor(options: FunctionGraphOptions = {}) {
    this.#options = options;
  }
  getRequestID(): string {
    return this.#options.requestId ?? 'functiongraph-request-1';
  }
  getRemainingTimeInMilliSeconds(): number {
    return Math.round((this.#options.remainingMs ?? 25_000) - (performance.now() - this.#startedAtMs));
  }
  getRunningTimeInSeconds(): number {
    return 30_000; // milliseconds, whatever its name says
  }
  getUserData(key: string): string {
    return this.#options.userData?.[key] ?? '';
  }
  getFunctionName(): string {
    return 'sfs-turbo-du-cleaner-dev-http';
  }
  getVersion(): string {
    return 'latest';
  }
  getAlias(): string {
    return '';
  }
  getPackage(): string {
    return 'default';
  }
  getProjectID(): string {
    return this.#options.projectId ?? '';
  }
  getMemorySize(): string {
    return '256';
  }
  getCPUNumber(): string {
    return '300';
  }
  getLogger(): { info: (line: string) => void; setLevel: (level: string) => void } {
    return { info: () => {}, setLevel: () => {} };
  }
  getToken(): string {
    return '';
  }
  getAccessKey(): string {
    return '';
  }
  getSecretKey(): string {
    return '';
  }
  getSecurityAccessKey(): string {
    return this.#options.securityAccessKey ?? '';
  }
  getSecuritySecretKey(): string {
    return this.#options.securitySecretKey ?? '';
  }
  getSecurityToken(): string {
    return this.#options.securityToken ?? '';
  }
  getWorkflowID(): string {
    return '';
  }
}
