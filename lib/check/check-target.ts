import { listShares } from '../sfs-turbo/listing.ts';
import type { CheckContext } from './context.ts';
import { attempt, type CheckRow } from './row.ts';
import { judgeService } from './service.ts';
import { checkShares } from './shares.ts';
import { judgeTags } from './tags.ts';

/** What is found in one target. It does not throw an expected failure. */
export async function checkTarget(context: CheckContext): Promise<readonly CheckRow[]> {
  const { call, settings } = context;
  const project = await attempt(() => context.target.projectId(call));
  // where there is no project nothing can be asked: the failure stands for the list, too
  const shares = 'failure' in project ? project : await attempt(() => listShares(context.target.sfsTurbo, call));
  const [credentials, service, listed] = judgeService(project, shares, settings);
  if (credentials.result !== 'ok' || service.result !== 'ok') return [credentials, service, listed];
  if (settings.tags === undefined) {
    return [credentials, service, listed, ...(await checkShares(context, shares))];
  }
  const allowed = await attempt(() => context.target.withShares(call));
  const tagged = judgeTags(listed, allowed, settings);
  if ('failure' in allowed) return [credentials, service, tagged];
  const target = allowed.value;
  const ofTagged = { ...context, target, settings: { ...settings, allowedShares: target.settings.allowedShares } };
  return [credentials, service, tagged, ...(await checkShares(ofTagged, shares))];
}
