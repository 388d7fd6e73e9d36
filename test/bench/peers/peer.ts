/** What the peers share, so that they differ in their client only. They trust everything, as code in a hurry does. */
export interface CancelEvent {
  readonly body: string;
}

export interface Response {
  readonly statusCode: number;
  readonly body: string;
}

export function tokenUrl(): string {
  return `${process.env['HW_AUTH_URL']}/auth/tokens?nocatalog=true`;
}

export function tokenBody(): string {
  const domain = { name: process.env['HW_DOMAIN_NAME'] };
  const user = { domain, name: process.env['HW_USER_NAME'], password: process.env['HW_USER_PASSWORD'] };
  const scope = { project: { name: process.env['HW_REGION_NAME'] } };
  return JSON.stringify({ auth: { identity: { methods: ['password'], password: { user } }, scope } });
}

export function taskPath(projectId: string, shareId: string, taskId: string): string {
  return `/v1/${projectId}/sfs-turbo/shares/${shareId}/fs/dir-usage/tasks/${taskId}`;
}

export function taskUrl(projectId: string, shareId: string, taskId: string): string {
  return `${process.env['SFS_TURBO_ENDPOINT']}${taskPath(projectId, shareId, taskId)}`;
}
