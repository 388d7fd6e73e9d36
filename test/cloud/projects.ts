import { newId } from './ids.ts';
import {
  type CloudTask,
  createShares,
  type ListedTask,
  type ShareInput,
  type Shares,
  type TaskInput,
} from './shares.ts';

/** A project of a region, or a sub-project of one, with its shares. */
export interface CloudProject {
  readonly id: string;
  readonly name: string;
  /** the region whose endpoints accept the project's tokens */
  readonly region: string;
  readonly domainId: string;
  readonly domainName: string;
  /** the account's id; of a sub-project the id of its region's project */
  readonly parentId: string;
  readonly isSubProject: boolean;
  /** A suspended project is refused as unavailable. */
  isSuspended: boolean;
  /** what SFS Turbo serves */
  readonly shares: Shares;
  /** Adds a share and returns its id. */
  addShare(share?: ShareInput): string;
  removeShare(shareId: string): void;
  /**
   * Puts a task into a share, past HTTP and its limits, and returns its id. Without `status`, `endTime` and
   * `runsForMs` it is one that has just begun to run.
   *
   * @throws {RangeError} when the share is unknown or has the id already
   */
  addTask(shareId: string, task?: TaskInput): string;
  /** Takes a task out of its share, past HTTP: listings do not show it any more. */
  removeTask(shareId: string, taskId: string): void;
  /** The true state, without the lag of listings. */
  task(shareId: string, taskId: string): CloudTask | undefined;
  tasks(shareId: string): readonly CloudTask[];
  /** The records that a listing shows at the moment, lag and oddities included. */
  listed(shareId: string): readonly ListedTask[];
  /** every task of this project that was deleted by a request, once per deletion, in order */
  readonly deletedTaskIds: readonly string[];
}

export interface ProjectDefaults {
  readonly now: () => number;
  readonly listingLagMs: number;
  readonly taskRunsForMs: number;
  readonly onDeleted: (taskId: string) => void;
}

/** @param parent the project of the region, when this is a sub-project */
export function createProject(
  name: string,
  account: { readonly domainId: string; readonly domainName: string },
  parent: CloudProject | undefined,
  defaults: ProjectDefaults,
): CloudProject {
  const shares = createShares(defaults);
  return {
    id: newId(),
    name,
    region: regionOf(name),
    domainId: account.domainId,
    domainName: account.domainName,
    parentId: parent?.id ?? account.domainId,
    isSubProject: parent !== undefined,
    isSuspended: false,
    shares,

    addShare: (share = {}) => shares.add(share),
    removeShare: shares.remove,
    addTask: (shareId, task = {}) => shares.addTask(shareId, task),
    removeTask(shareId, taskId) {
      shares.all.get(shareId)?.tasks.delete(taskId);
    },
    task(shareId, taskId) {
      const share = shares.all.get(shareId);
      return share === undefined ? undefined : shares.task(share, taskId);
    },
    tasks(shareId) {
      const share = shares.all.get(shareId);
      return share === undefined ? [] : shares.tasks(share);
    },
    listed(shareId) {
      const share = shares.all.get(shareId);
      return share === undefined ? [] : shares.listed(share);
    },
    deletedTaskIds: shares.deletedTaskIds,
  };
}

/** A region's own project has the region's name, a sub-project that name, `_` and one of its own. */
export function regionOf(projectName: string): string {
  return projectName.split('_', 1)[0] ?? projectName;
}
