import { FEATURES, type ProjectId, type ShareId, type TaskRef } from '../core/task.ts';
import type { Target } from '../net/request.ts';
import { encodeRfc3986 } from '../net/url.ts';

/** The one place where URLs are built: every segment is encoded, and the host is the configuration's. */
export interface SfsTurboUrls {
  readonly task: (projectId: ProjectId, ref: TaskRef) => Target;
  /** @param marker the id of the last task on the page before */
  readonly taskPage: (projectId: ProjectId, shareId: ShareId, limit: number, marker: string | undefined) => Target;
  readonly sharePage: (projectId: ProjectId, limit: number, offset: number) => Target;
  readonly taggedShares: (projectId: ProjectId) => Target;
}

export function createUrls(sfsTurboUrl: string): SfsTurboUrls {
  const { origin, pathname } = new URL(sfsTurboUrl);
  const root = pathname === '/' ? '' : pathname;

  function urlOf(projectId: ProjectId, segments: readonly string[], search = '', collection = 'shares'): Target {
    const path = ['v1', projectId, 'sfs-turbo', collection, ...segments].map(encodeRfc3986).join('/');
    return { origin, pathname: `${root}/${path}`, search };
  }

  return {
    task: (projectId, { shareId, feature, taskId }) => urlOf(projectId, [shareId, 'fs', feature, 'tasks', taskId]),
    taskPage: (projectId, shareId, limit, marker) => {
      // not by URLSearchParams, which writes a space as +: the signature needs one reading
      const after = marker === undefined ? '' : `&marker=${encodeRfc3986(marker)}`;
      return urlOf(projectId, [shareId, 'fs', FEATURES[0], 'tasks'], `?limit=${limit}${after}`);
    },
    // the service ignores either of the two when it is sent alone
    sharePage: (projectId, limit, offset) => urlOf(projectId, ['detail'], `?limit=${limit}&offset=${offset}`),
    taggedShares: (projectId) => urlOf(projectId, ['action'], '', 'resource_instances'),
  };
}
