import type { Accounts } from './accounts-list.ts';
import { jsonAnswer, type Outcome, Refusal } from './answers.ts';
import { mayEnter, type Principal } from './principals.ts';
import type { CloudProject } from './projects.ts';
import { type Incoming, parseQuery } from './requests.ts';
import { invalidBody } from './token-request.ts';

const FILTERS = ['name', 'domain_id', 'parent_id', 'enabled', 'page', 'per_page'];
const MAX_PER_PAGE = 5000;

/**
 * `GET /v3/projects` has the account's projects by condition, `GET /v3/auth/projects` those that the caller may enter.
 *
 * @see {@link https://support.huaweicloud.com/api-iam/iam_06_0001.html}
 */
export function listProjects(request: Incoming, principal: Principal, accounts: Accounts): Outcome {
  const own = accounts.account(principal.domainId)?.projects ?? [];
  const { host } = request.record.headers;
  const self = `http://${host}${request.record.path}`;
  if (request.record.operation === 'ListAuthProjects') {
    if (request.rawQuery !== '') throw new Refusal(invalidBody());
    const found = own.filter((project) => mayEnter(principal, project));
    return { answer: jsonAnswer(200, { links: { self }, projects: found.map(projectBody) }) };
  }
  const query = parseQuery(request.rawQuery, FILTERS);
  const domainId = query?.get('domain_id') ?? principal.domainId;
  if (query === undefined || domainId !== principal.domainId) throw new Refusal(invalidBody());
  const found = pageOf(filtered(own, query), query);
  const links = { next: null, previous: null, self };
  return { answer: jsonAnswer(200, { links, projects: found.map(projectBody) }) };
}

function filtered(projects: readonly CloudProject[], query: ReadonlyMap<string, string>): readonly CloudProject[] {
  const [name, parentId, enabled] = ['name', 'parent_id', 'enabled'].map((filter) => query.get(filter));
  if (enabled !== undefined && enabled !== 'true' && enabled !== 'false') throw new Refusal(invalidBody());
  // every project here is enabled: a suspended one is too
  if (enabled === 'false') return [];
  return projects
    .filter((project) => name === undefined || project.name === name)
    .filter((project) => parentId === undefined || project.parentId === parentId);
}

function pageOf(projects: readonly CloudProject[], query: ReadonlyMap<string, string>): readonly CloudProject[] {
  const [page, perPage] = ['page', 'per_page'].map((name) => query.get(name));
  if (page === undefined && perPage === undefined) return projects;
  const [number, size] = [Number(page), Number(perPage)];
  const isValid =
    Number.isInteger(number) && number >= 1 && Number.isInteger(size) && size >= 1 && size <= MAX_PER_PAGE;
  if (!isValid) throw new Refusal(invalidBody());
  return projects.slice((number - 1) * size, number * size);
}

function projectBody(project: CloudProject): unknown {
  return {
    id: project.id,
    name: project.name,
    domain_id: project.domainId,
    parent_id: project.parentId,
    enabled: true,
    is_domain: false,
    description: '',
    links: { self: `https://iam.myhuaweicloud.com/v3/projects/${project.id}` },
  };
}
