/**
 * The whole mapping on one screen: what each failure is answered with, and what each answer of SFS Turbo means.
 *
 * `errCode: null` stands for "the code that SFS Turbo or its gateway sent".
 */
export const ANSWER_BY_CODE = {
  feature_invalid: { status: 400, errCode: 'SFS.TURBO.0123' },
  invalid_input: { status: 400, errCode: 'SFS.TURBO.0001' },
  unauthenticated: { status: 401, errCode: 'FN.UNAUTHENTICATED' },
  forbidden: { status: 403, errCode: 'FN.FORBIDDEN' },
  no_route: { status: 404, errCode: 'FN.NO_ROUTE' },
  method_not_allowed: { status: 405, errCode: 'FN.METHOD_NOT_ALLOWED' },
  body_too_large: { status: 413, errCode: 'FN.BODY_TOO_LARGE' },
  media_type: { status: 415, errCode: 'FN.MEDIA_TYPE' },
  internal: { status: 500, errCode: 'FN.INTERNAL' },
  iam_rejected: { status: 502, errCode: 'FN.IAM_REJECTED' }, // our credentials, so not the caller's 401
  partial: { status: 502, errCode: 'FN.PARTIAL' }, // some DELETEs failed, and the body names each
  upstream_invalid: { status: 502, errCode: 'FN.UPSTREAM_INVALID' },
  upstream_unavailable: { status: 503, errCode: 'FN.UPSTREAM_UNAVAILABLE' },
  misconfigured: { status: 503, errCode: 'FN.MISCONFIGURED' },
  upstream_timeout: { status: 504, errCode: 'FN.UPSTREAM_TIMEOUT' },
  out_of_time: { status: 504, errCode: 'FN.UPSTREAM_TIMEOUT' }, // a run's time is over: nothing was sent

  upstream_bad_request: { status: 400, errCode: null },
  upstream_forbidden: { status: 403, errCode: null }, // SFS.TURBO.9000: share missing, or no permission
  task_not_found: { status: 404, errCode: null },
  upstream_conflict: { status: 409, errCode: null },
  upstream_error: { status: 500, errCode: null },
  upstream_throttled: { status: 503, errCode: null },
} as const satisfies Record<string, { status: number; errCode: string | null }>;

export type ErrorCode = keyof typeof ANSWER_BY_CODE;

/** The API page names 202; the official Go client also takes 200 and 204 for a DELETE. */
export const ACCEPTED_STATUSES: ReadonlySet<number> = new Set([200, 202, 204]);

/** "task_id not found", the one 404 that says something of the task. */
export const TASK_NOT_FOUND = 'SFS.TURBO.0124';

/** What a failure status of SFS Turbo or its gateway means; a status that is not listed is undocumented. */
export const CODE_BY_UPSTREAM_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'upstream_bad_request'],
  [403, 'upstream_forbidden'],
  [404, 'task_not_found'],
  [409, 'upstream_conflict'],
  [429, 'upstream_throttled'],
  [500, 'upstream_error'],
  [502, 'upstream_unavailable'],
  [503, 'upstream_unavailable'],
  [504, 'upstream_timeout'],
]);
