import * as v from 'valibot';
import type { PasswordSettings } from '../config/credentials.ts';
import { parseJson } from '../core/json.ts';
import { isId, type ProjectId } from '../core/task.ts';
import type { Reply } from '../net/request.ts';
import type { ProjectSettings } from './projects.ts';

export interface IamToken {
  readonly value: string;
  /** The project that the token is scoped to, from the token's own answer. */
  readonly projectId: ProjectId;
  readonly expiresAtMs: number;
}

/** Scope by id, or by name with the domain's name beside it. SFS Turbo takes project-scoped tokens only. */
export function toTokenRequest({ id, name }: ProjectSettings['project'], user: PasswordSettings): unknown {
  const domain = { name: user.domainName };
  return {
    auth: {
      identity: {
        methods: ['password'],
        password: { user: { domain, name: user.userName, password: user.password } },
      },
      scope: { project: id === undefined ? { name, domain } : { id } },
    },
  };
}

const TOKEN_HEADER = /^[\x21-\x7e]+$/;
const TIME = v.pipe(
  v.string(),
  v.transform((text) => Date.parse(text)),
  v.number(), // not NaN
);
const DESCRIPTION = v.object({ token: v.record(v.string(), v.unknown()) });
const PROJECT = v.object({ project: v.object({ id: v.custom<ProjectId>(isId) }) });
const LIFE = v.object({ expires_at: TIME, issued_at: v.fallback(v.optional(TIME), undefined) });

/** The token, or what is wrong with the answer. Its life is the issuer's, so a wrong clock on this side does not matter. */
export function parseToken({ headers, body }: Reply, sentAtMs: number): IamToken | string {
  const value = headers['x-subject-token'];
  if (typeof value !== 'string' || !TOKEN_HEADER.test(value)) return 'no token';
  const description = v.safeParse(DESCRIPTION, parseJson(body));
  if (!description.success) return 'a token without its description';
  const { token } = description.output;
  const scope = v.safeParse(PROJECT, token);
  if (!scope.success) return 'a token without a project';
  const life = v.safeParse(LIFE, token);
  if (!life.success) return 'a token without a readable life';
  const { expires_at: expiresAtMs, issued_at: issuedAtMs = sentAtMs } = life.output;
  if (expiresAtMs <= issuedAtMs) return 'a token without a readable life';
  return { value, projectId: scope.output.project.id, expiresAtMs: sentAtMs + (expiresAtMs - issuedAtMs) };
}
