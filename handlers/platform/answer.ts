/** What a route answers with. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly upstreamRequestId?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the log, where the answer is a failure. */
  readonly failure?: {
    readonly errCode: string;
    readonly reason: string | undefined;
    readonly clockOffS: number | undefined;
  };
}

/** What every gateway takes: FunctionGraph's wants all four keys, and plain strings as header values. */
export interface GatewayResponse {
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly isBase64Encoded: false;
}

export function toResponse({ status, body, headers, upstreamRequestId }: Answer, requestId: string): GatewayResponse {
  return {
    statusCode: status,
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(upstreamRequestId !== undefined && { 'x-upstream-request-id': upstreamRequestId }),
      ...headers,
    },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}
