import { randomUUID } from 'node:crypto';
import { type Answer, jsonAnswer, type Outcome, Refusal, sfsTurboError } from './answers.ts';
import type { Incoming } from './requests.ts';
import { findShare, parameterError, parseCount, parseCreateBody, parseQueryOf, type Target } from './sfs-turbo-form.ts';
import type { Share } from './shares.ts';

const MAX_RUNNING_TASKS = 10;
const DEFAULT_TASK_LIMIT = 20;
const MAX_TASK_LIMIT = 100;

function findTaskShare(target: Target): Share {
  if (target.feature !== 'dir-usage') throw new Refusal(sfsTurboError(400, '0123', 'feature invalid'));
  const share = findShare(target);
  // which code an old share gives is not documented; 0041 is the table's "file system version too early"
  if (!share.supportsTasks) throw new Refusal(sfsTurboError(400, '0041', 'Operation is not allowed'));
  return share;
}

export function createFsTask(target: Target, request: Incoming): Outcome {
  const { shares } = target;
  parseQueryOf(request, []);
  const path = parseCreateBody(request.record.body);
  const share = findTaskShare(target);
  const running = shares.tasks(share).filter(({ status }) => status === 'DOING').length;
  // the limit is documented, its code is not; 0011 is the table's "wait and retry"
  if (running >= MAX_RUNNING_TASKS) throw new Refusal(sfsTurboError(400, '0011', 'Cluster is doing something'));
  // a dashed id as in this call's example, though the other pages show 32 hex digits
  const taskId = randomUUID();
  return { answer: jsonAnswer(202, { task_id: taskId }), act: () => shares.addTask(share.id, { id: taskId, path }) };
}

export function listFsTasks(target: Target, request: Incoming): Outcome {
  const query = parseQueryOf(request, ['marker', 'limit']);
  const limit = parseCount(query.get('limit'), { name: 'limit', min: 1, max: MAX_TASK_LIMIT }) ?? DEFAULT_TASK_LIMIT;
  const listed = target.shares.listed(findTaskShare(target));
  const marker = query.get('marker');
  if (marker === '') throw new Refusal(parameterError('marker'));
  const markerIndex = marker === undefined ? -1 : listed.findIndex((task) => task['task_id'] === marker);
  // 404 is documented for this call as well, and a marker is the only task id in it
  if (marker !== undefined && markerIndex < 0) throw new Refusal(taskNotFound());
  return { answer: jsonAnswer(200, { tasks: listed.slice(markerIndex + 1, markerIndex + 1 + limit) }) };
}

export function showFsTask(target: Target, request: Incoming): Outcome {
  parseQueryOf(request, []);
  const task = target.shares.listed(findTaskShare(target)).find((listed) => listed['task_id'] === target.taskId);
  if (task === undefined) throw new Refusal(taskNotFound());
  return { answer: jsonAnswer(200, task) };
}

export function deleteFsTask(target: Target, request: Incoming): Outcome {
  const { shares, taskId } = target;
  parseQueryOf(request, []);
  const share = findTaskShare(target);
  if (shares.task(share, taskId) === undefined) throw new Refusal(taskNotFound());
  // the page has no body table for 202, only the X-request-id header
  return { answer: { status: 202 }, act: () => shares.deleteTask(share, taskId) };
}

function taskNotFound(): Answer {
  return sfsTurboError(404, '0124', 'task_id not found');
}
