import { Refusal } from './answers.ts';
import { throttled } from './fault-answers.ts';
import type { Incoming, Service } from './requests.ts';

/** How often each API of a region may be called, each account for itself. */
export interface RateLimit {
  /** @throws {Refusal} 429 `APIGW.0308` */
  count(request: Incoming, domainId: string | undefined): void;
  forget(): void;
}

export function createRateLimit(service: Service, now: () => number, perSecond: number): RateLimit {
  const recentCalls = new Map<string, number[]>();
  return {
    count(request, domainId) {
      if (perSecond === Number.POSITIVE_INFINITY) return;
      const api = `${request.record.operation} ${domainId}`;
      const recent = recentCalls.get(api) ?? [];
      recentCalls.set(api, recent);
      const nowMs = now();
      while (recent[0] !== undefined && recent[0] <= nowMs - 1000) recent.shift();
      if (recent.length >= perSecond) throw new Refusal(throttled(service, request.requestId));
      recent.push(nowMs);
    },
    forget() {
      recentCalls.clear();
    },
  };
}
