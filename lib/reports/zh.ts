import type { AgeUnit } from '../core/age.ts';
import { say, type Words } from '../core/words.ts';
import type { ReportTexts } from './texts.ts';

const UNITS: Readonly<Record<AgeUnit, string>> = { second: '秒', minute: '分钟', hour: '小时', day: '天' };

export const ZH: Readonly<ReportTexts> = {
  titles: {
    notSwept: 'SFS Turbo 清理：未能运行',
    failed: 'SFS Turbo 清理：出现失败',
    blind: 'SFS Turbo 清理：尚未看到任务，时间已用完',
    changed: 'SFS Turbo 清理：已删除任务',
    nothing: 'SFS Turbo 清理：没有删除任务',
    dry: 'SFS Turbo 清理：试运行，没有删除任务',
  },
  looked: (listed, shareCount) => say`查看了 ${shareCount} 个文件系统的 ${listed} 个任务。`,
  deleted: (deleted, alreadyGone) =>
    alreadyGone === 0
      ? say`已删除：${deleted} 个任务。`
      : say`已删除：${deleted} 个任务。已不存在：${alreadyGone} 个。`,
  failed: (taskCount, shareCount) => say`失败：${taskCount} 个任务，${shareCount} 个文件系统。`,
  waiting: (count) => say`留待下次清理：${count} 个任务。`,
  wouldDelete: (count) => say`已到期，正式运行时将在上限内删除：${count} 个任务。`,
  truncated: say`时间已用完，未能全部查看和删除。`,
  fullShares: (count, named) =>
    say`已满（有十个任务在运行，新的统计会被拒绝）：${count} 个文件系统${among(count, named)}。`,
  oldest: (path, shareId, dueFor) => say`到期最久：文件系统 ${shareId} 的 ${path}，已到期 ${dueFor}。`,

  failedTask: (path, taskId, shareId, why) => say`失败：${path}（任务 ${taskId}，文件系统 ${shareId}）：${why}`,
  failedShare: (shareId, why) => say`失败：文件系统 ${shareId}：${why}`,
  failedShares: (target, why) =>
    target === undefined ? say`失败：文件系统列表：${why}` : say`失败：${target} 的文件系统列表：${why}`,
  deletedTask: (path, taskId, shareId, age) => say`已删除：${path}（任务 ${taskId}，文件系统 ${shareId}），存在 ${age}`,
  dueTask: (path, taskId, shareId, age) => say`已到期：${path}（任务 ${taskId}，文件系统 ${shareId}），存在 ${age}`,
  moreFailed: (count) => say`另有 ${count} 项失败，日志中逐一列出`,
  moreTasks: (count) => say`另有 ${count} 个任务，日志中逐一列出`,
  target: (name, { deleted, due, failed, left, isDry }) =>
    isDry
      ? say`${name}：试运行，${due} 个到期，${failed} 个失败`
      : say`${name}：删除 ${deleted} 个，失败 ${failed} 个，留待 ${left} 个`,
  moreTargets: (count) => say`另有 ${count} 个目标，日志中逐一列出`,
  fault: (fault) => say`${fault}`,

  noPath: say`（无路径）`,
  age: (count, unit) => [`${count} ${UNITS[unit]}`],
  whys: {
    silent: '服务未及时响应',
    busy: '服务无法访问或过于繁忙',
    credentials: '华为云拒绝了此函数的凭证',
    refused: '服务拒绝了请求',
    invalid: '服务返回了无法理解的内容',
    setup: '此函数配置有误',
    event: '无法理解触发运行的事件',
    bug: '函数内部出错，详见日志',
  },
  because: (why, code, says) => [
    why,
    ...(code === '' ? [] : say`（${code}）`),
    ...(says === '' ? ['。'] : say`：${says}`),
  ],
  source: (place, requestId) => (place === undefined ? say`请求 ${requestId}` : say`${place}，请求 ${requestId}`),
};

function among(count: number, named: readonly string[]): Words {
  if (named.length === 0) return [];
  return count > named.length ? say`，其中有 ${named.join('、')}` : say`：${named.join('、')}`;
}
