import { formatIamTime } from './iam-time.ts';
import type { CloudProject } from './projects.ts';
import type { IssuedToken } from './tokens.ts';

/** @see {@link https://support.huaweicloud.com/api-iam/iam_30_0001.html} */
export function tokenBody({ principal, project, ...token }: IssuedToken, hasCatalog: boolean): unknown {
  const domain = { id: principal.domainId, name: principal.domainName };
  return {
    token: {
      catalog: hasCatalog ? catalogOf(project) : [],
      expires_at: formatIamTime(token.expiresAtMs),
      issued_at: formatIamTime(token.issuedAtMs),
      methods: ['password'],
      ...(project === undefined ? { domain } : { project: { domain, id: project.id, name: project.name } }),
      roles: [{ id: '0', name: 'sfsturbo_operator' }],
      user: { domain, id: principal.id, name: principal.name, password_expires_at: '' },
    },
  };
}

function catalogOf(project: CloudProject | undefined): readonly unknown[] {
  if (project === undefined) return [];
  const url = `https://sfs-turbo.${project.region}.myhuaweicloud.com/v1/${project.id}`;
  const endpoint = { id: '33e1cbdd86d34e89a63cf8ad16a5f49f', interface: 'public', region: project.region };
  const endpoints = [{ ...endpoint, region_id: project.region, url }];
  return [{ endpoints, id: '100a6a3477f1495286579b819d399e36', name: 'sfsturbo', type: 'sfsturbo' }];
}
