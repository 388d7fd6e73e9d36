import type { Config } from '../config/read-config.ts';
import type { Call } from '../core/call.ts';
import type { Caller } from '../core/caller.ts';
import type { ShareId } from '../core/task.ts';
import type { Credentials } from '../iam/credentials.ts';
import type { SfsTurbo } from '../sfs-turbo/client.ts';
import type { CancelTask } from '../tasks/cancel.ts';

export interface CheckQuery {
  /** The shares whose tasks are read; absent: those of `ALLOWED_SHARES`, and with `*` the first of the project that has tasks. */
  readonly shareIds?: readonly ShareId[] | undefined;
  /** Whether to find out if a DELETE would be allowed: by one of a task that cannot exist. */
  readonly probeDelete: boolean;
}

/** The parts of an app that are looked at. */
export interface CheckApp {
  readonly config: Pick<Config, 'allowedShares' | 'credentials' | 'project' | 'sfsTurboUrl'>;
  readonly findProject: Credentials['projectId'];
  readonly sfsTurbo: SfsTurbo;
  readonly cancelTask: CancelTask;
}

/** What every step of a check works with. */
export interface CheckContext {
  readonly query: CheckQuery;
  readonly caller: Caller;
  readonly call: Call;
  readonly app: CheckApp;
}
