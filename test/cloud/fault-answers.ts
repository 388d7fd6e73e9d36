import {
  type Answer,
  gatewayError,
  type HeaderValue,
  iamError,
  jsonAnswer,
  keystoneError,
  lambdaError,
  sfsTurboError,
} from './answers.ts';
import type { Service } from './requests.ts';

interface StatusFault {
  readonly status: number;
  readonly body?: string | object;
  readonly headers?: Readonly<Record<string, HeaderValue>>;
}

/** The documented answer of a service that is called too often. */
export function throttled(service: Service, requestId: string): Answer {
  if (service === 'iam') {
    return iamError(429, '0012', 'The throttling threshold has been reached. Threshold: 60 times per 60 seconds');
  }
  if (service === 'lambda') return lambdaError(429, 'TooManyRequestsException', 'Rate Exceeded.');
  return gatewayError(429, '0308', 'The throttling threshold has been reached', requestId);
}

/** The answer that was ordered: without a body the documented one of that status where there is one, else an empty one. */
export function statusAnswer(fault: StatusFault, service: Service, requestId: string): Answer {
  const { status, body, headers } = fault;
  if (body === undefined) {
    const answer = documentedAnswer(status, service, requestId);
    return { ...answer, headers: { ...answer.headers, ...headers } };
  }
  if (typeof body !== 'string') return jsonAnswer(status, body, headers);
  const contentType = body.trimStart().startsWith('<') ? 'text/html' : 'application/json';
  return { status, headers: { 'Content-Type': contentType, ...headers }, body };
}

function documentedAnswer(status: number, service: Service, requestId: string): Answer {
  if (status === 429) return throttled(service, requestId);
  if (service === 'iam') return status >= 400 ? keystoneError(status, `Answer ${status} was ordered.`) : { status };
  switch (status) {
    case 401:
      return gatewayError(401, '0301', 'Incorrect IAM authentication information: decrypt token fail', requestId);
    case 403:
      return sfsTurboError(403, '9000', 'no privileges to operate');
    case 404:
      return sfsTurboError(404, '0124', 'task_id not found');
    case 500:
      return sfsTurboError(500, '0005', 'Internal server error');
    case 502:
      return gatewayError(502, '0201', 'Backend unavailable', requestId);
    case 503:
      return gatewayError(503, '0613', 'The IAM service is currently unavailable', requestId);
    case 504:
      return gatewayError(504, '0201', 'Backend timeout', requestId);
    default:
      return { status };
  }
}

/** Half of the body goes out; an answer without one is given a length that never arrives. */
export function stalled(raw: Buffer): Buffer {
  const headEnd = raw.indexOf('\r\n\r\n') + 4;
  const bodyLength = raw.length - headEnd;
  if (bodyLength > 1) return raw.subarray(0, headEnd + Math.floor(bodyLength / 2));
  const head = raw.subarray(0, headEnd).toString('latin1');
  return Buffer.from(`${head.replace(/content-length: \d+/i, 'Content-Length: 64')}{`, 'latin1');
}
