import type { ReportKind } from '../../config/report-targets.ts';
import { dingtalk } from './dingtalk.ts';
import { feishu } from './feishu.ts';
import { json } from './json.ts';
import type { Kind } from './kind.ts';
import { slack } from './slack.ts';
import { teams } from './teams.ts';
import { wecom } from './wecom.ts';

export const KINDS: Readonly<Record<ReportKind, Kind>> = { slack, feishu, dingtalk, wecom, teams, json };
