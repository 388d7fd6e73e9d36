import type { Answer, HeaderValue, Outcome } from './answers.ts';
import { stalled, statusAnswer, throttled } from './fault-answers.ts';
import type { CloudRequest, Operation, Service } from './requests.ts';

/**
 * What goes wrong with a request. `act` says whether it is carried out all the same; it is `false` unless told,
 * except where the real answer is shown in part (`truncate`, `stallBody`): there it is `true` unless told.
 */
export type FaultKind =
  | { readonly type: 'latency'; readonly ms: number }
  /** 429 in the service's own words; whether the real one sends `Retry-After` is not documented */
  | { readonly type: 'throttle'; readonly retryAfter?: string }
  /** without a body: the documented body of that status where there is one, else an empty one */
  | {
      readonly type: 'status';
      readonly status: number;
      readonly body?: string | object;
      readonly headers?: Readonly<Record<string, HeaderValue>>;
      readonly act?: boolean;
    }
  /** TCP RST before or after the request is carried out */
  | { readonly type: 'reset'; readonly when: 'before' | 'after' }
  /** the real answer, cut after so many bytes, head included, then FIN */
  | { readonly type: 'truncate'; readonly bytes: number; readonly act?: boolean }
  /** these bytes in place of an HTTP answer, then FIN, or nothing more */
  | {
      readonly type: 'garbage';
      readonly bytes: string | Uint8Array;
      readonly act?: boolean;
      readonly thenHang?: boolean;
    }
  | { readonly type: 'silence'; readonly act?: boolean }
  /** the head of the real answer and part of a body, then nothing */
  | { readonly type: 'stallBody'; readonly act?: boolean };

export interface Fault {
  /** any when absent */
  readonly operation?: Operation;
  /** any when absent; told the request as it has arrived, before it is known who calls and for which project */
  readonly where?: (request: CloudRequest) => boolean;
  /** requests that it strikes: 1 unless told; `Infinity` is allowed */
  readonly times?: number;
  /** matching requests that pass untouched before the first is struck */
  readonly skip?: number;
  readonly kind: FaultKind;
}

export interface FaultQueue {
  /** @throws {RangeError} on a status that cannot be sent as a final answer */
  order(fault: Fault): void;
  /** The first ordered fault that matches decides: it strikes, or lets the request pass while it still skips. */
  next(request: CloudRequest): FaultKind | undefined;
  clear(): void;
}

export function createFaultQueue(): FaultQueue {
  let waiting: { readonly fault: Fault; skip: number; times: number }[] = [];

  return {
    order(fault) {
      const { kind, skip = 0, times = 1 } = fault;
      if (kind.type === 'status' && !(kind.status >= 200 && kind.status <= 999)) {
        throw new RangeError(`${kind.status} is no final status; send it as garbage`);
      }
      waiting.push({ fault, skip, times });
    },

    next(request) {
      const entry = waiting.find(
        ({ fault: { operation, where } }) =>
          (operation === undefined || operation === request.operation) && (where === undefined || where(request)),
      );
      if (entry === undefined) return undefined;
      if (entry.skip > 0) {
        entry.skip -= 1;
        return undefined;
      }
      entry.times -= 1;
      if (entry.times <= 0) waiting = waiting.filter((other) => other !== entry);
      return entry.fault.kind;
    },

    clear() {
      waiting = [];
    },
  };
}

/** The ways in which a connection can treat an answer. */
export interface Line {
  send(answer: Answer): void;
  /** The answer as {@link Line.send} would put it on the wire. */
  serialize(answer: Answer): Buffer;
  sendBytes(bytes: string | Uint8Array, then: 'close' | 'hang'): void;
  reset(): void;
}

/** Answers one request as the fault has it. `handle` decides on the request without carrying it out. */
export function strike(
  fault: Exclude<FaultKind, { type: 'latency' }>,
  { service, requestId }: { readonly service: Service; readonly requestId: string },
  handle: () => Outcome,
  line: Line,
): void {
  const carryOut = (): Answer => {
    const outcome = handle();
    outcome.act?.();
    return outcome.answer;
  };

  switch (fault.type) {
    case 'throttle': {
      const answer = throttled(service, requestId);
      const retryAfter = fault.retryAfter === undefined ? {} : { 'Retry-After': fault.retryAfter };
      line.send({ ...answer, headers: { ...answer.headers, ...retryAfter } });
      break;
    }
    case 'status':
      if (fault.act === true) carryOut();
      line.send(statusAnswer(fault, service, requestId));
      break;
    case 'reset':
      if (fault.when === 'after') carryOut();
      line.reset();
      break;
    case 'truncate': {
      const answer = fault.act === false ? handle().answer : carryOut();
      line.sendBytes(line.serialize(answer).subarray(0, fault.bytes), 'close');
      break;
    }
    case 'garbage':
      if (fault.act === true) carryOut();
      line.sendBytes(fault.bytes, fault.thenHang === true ? 'hang' : 'close');
      break;
    case 'silence':
      if (fault.act === true) carryOut();
      break;
    case 'stallBody': {
      const answer = fault.act === false ? handle().answer : carryOut();
      line.sendBytes(stalled(line.serialize(answer)), 'hang');
      break;
    }
    default:
      fault satisfies never;
      throw new TypeError('unknown fault');
  }
}
