import type { Context } from 'aws-lambda';
import type { HttpApp } from '../../lib/app.ts';
import { ServiceError } from '../../lib/core/errors.ts';
import type { SweepOverrides } from '../../lib/sweep/overrides.ts';
import type { SweepSummary } from '../../lib/sweep/summary.ts';
import { type HttpEvent, type Route, route } from '../middleware/router.ts';
import { overridesInBody } from '../middleware/task.ts';
import type { Answer } from '../platform/answer.ts';
import type { Apps } from '../platform/apps.ts';
import { toSweepAnswer } from '../platform/many-answer.ts';
import { toSweepMetrics, toTargetMetrics, writeMetrics } from '../platform/metrics.ts';
import { type CallerSession, deletingMany } from './deleting-many.ts';

/** Sweeps by the policy of the schedule, narrowed by the body. */
export function sweepRoute(apps: Apps<HttpApp>): Route {
  const chain = deletingMany(apps, 'sweep').use(overridesInBody()).handler(sweep);
  return route('POST', '/v1/sweeps', chain);
}

interface SweepingNow extends Context {
  readonly session: CallerSession;
  readonly overrides: SweepOverrides;
}

async function sweep({ invocation }: HttpEvent, { session, overrides }: SweepingNow): Promise<Answer> {
  const { app, caller, call } = session;
  const { sweepNow } = app;
  if ('faults' in sweepNow) {
    throw new ServiceError('misconfigured', 'this route is not configured', { faults: sweepNow.faults });
  }
  const onDone = (summary: SweepSummary): void => writeMetrics(toSweepMetrics(summary), invocation, app.runtime);
  const onTarget = (target: string, summary: SweepSummary): void =>
    writeMetrics(toTargetMetrics(summary), invocation, app.runtime, target);
  return toSweepAnswer(await sweepNow(overrides, caller, call, { onDone, onTarget }));
}
