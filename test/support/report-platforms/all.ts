import type { ReportKind } from '../../../lib/config/report-targets.ts';
import { startDingtalkReports } from './dingtalk.ts';
import { startFeishuReports } from './feishu.ts';
import { startJsonReports } from './json.ts';
import type { ReportPlatform } from './platform.ts';
import { startSlackReports } from './slack.ts';
import { startTeamsReports } from './teams.ts';
import { startWecomReports } from './wecom.ts';

export const START_BY_KIND: Readonly<Record<ReportKind, () => Promise<ReportPlatform>>> = {
  slack: startSlackReports,
  feishu: startFeishuReports,
  dingtalk: startDingtalkReports,
  wecom: startWecomReports,
  teams: startTeamsReports,
  json: startJsonReports,
};
