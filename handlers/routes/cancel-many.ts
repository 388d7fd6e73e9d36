import type { Context } from 'aws-lambda';
import type { HttpApp } from '../../lib/app.ts';
import { toShareId } from '../../lib/config/share-aliases.ts';
import { parseShareId } from '../../lib/core/task.ts';
import { type HttpEvent, type Route, route } from '../middleware/router.ts';
import { manyInBody } from '../middleware/task.ts';
import type { Answer } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';
import { toManyAnswer } from '../platform/many-answer.ts';
import type { ManyInBody } from '../requests/cancel-many-body.ts';
import { type CallerSession, deletingMany } from './deleting-many.ts';

/** Cancels the oldest tasks of a share that meet filters. */
export function cancelManyRoute(apps: Apps<HttpApp>): Route {
  const chain = deletingMany(apps, 'cancel-many').use(manyInBody()).handler(cancelMany);
  return route('POST', '/v1/tasks/cancel-many', chain);
}

interface CancellingMany extends Context {
  readonly session: CallerSession;
  readonly many: ManyInBody;
}

async function cancelMany(_event: HttpEvent, { session, many }: CancellingMany): Promise<Answer> {
  const { app, caller, call } = session;
  const { share, ...query } = many;
  const shareId = toShareId(share, aliasesFor(query, app)) ?? parseShareId(share);
  return toManyAnswer(await app.cancelMany({ ...query, shareId }, caller, call));
}

/** Those of every target, and of the target that the body names. */
function aliasesFor({ target, projectId }: Omit<ManyInBody, 'share'>, { config, targets }: HttpApp) {
  const named = targets.find(
    ({ settings: { name, project } }) =>
      (target !== undefined && name === target) || (projectId !== undefined && project.id === projectId),
  );
  const only = targets.length === 1 ? targets[0] : undefined;
  return new Map([...config.shareAliases, ...((named ?? only)?.settings.aliases ?? [])]);
}
