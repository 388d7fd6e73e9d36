import { describe, expect, test } from 'vitest';
import { readReports } from '../../../lib/config/reports.ts';
import { faultsIn, lookupIn, settingsIn, type Variables } from '../../support/variables.ts';

const read = (variables: Variables) => settingsIn(readReports(lookupIn(variables))).reports;
const faultsWith = (variables: Variables) => faultsIn(readReports(lookupIn(variables)));

const WHSEC = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
const SLACK = 'https://hooks.slack.com/services/T0001/B0001/deadbeef';
const TEAMS =
  'https://default0a1b.00.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/0a1b/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=deadbeef';

test('without its variables nothing is reported', () => {
  expect(read({})).toEqual({ targets: [], on: new Set(['failure', 'change']), language: 'en' });
});

test('every kind is taken, with a secret where the platform has one', () => {
  const { targets, on, language } = read({
    REPORT_TO: `
      slack=${SLACK}
      feishu=https://open.feishu.cn/open-apis/bot/v2/hook/deadbeef-1#feishu-secret
      feishu=https://open.larksuite.com/open-apis/bot/v2/hook/deadbeef-2
      dingtalk=https://oapi.dingtalk.com/robot/send?access_token=deadbeef#SECdeadbeef/+=
      wecom=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=deadbeef
      teams=${TEAMS}
      json=https://example.com/hook?a=1#${WHSEC}
      json=http://127.0.0.1:4000/hook`,
    REPORT_ON: 'Always, failure',
    CHAT_LANGUAGE: 'zh',
  });

  expect(targets.map(({ kind, secret }) => [kind, secret])).toEqual([
    ['slack', undefined],
    ['feishu', 'feishu-secret'],
    ['feishu', undefined],
    ['dingtalk', 'SECdeadbeef/+='],
    ['wecom', undefined],
    ['teams', undefined],
    ['json', WHSEC],
    ['json', undefined],
  ]);
  expect(targets[0]?.url).toBe(SLACK);
  expect(targets.map(({ url }) => url).join(' ')).not.toContain('#');
  expect(on).toEqual(new Set(['always', 'failure']));
  expect(language).toBe('zh');
});

describe('an entry is refused by its number', () => {
  const DINGTALK = 'dingtalk=https://oapi.dingtalk.com/robot/send';
  const FEISHU = 'feishu=https://open.feishu.cn/open-apis/bot/v2/hook/deadbeef';

  test.each([
    ['without a kind', 'https://deadbeef.example'],
    ['of an unknown kind', 'email=https://deadbeef.example'],
    ['whose kind is a member of every object', 'constructor=https://deadbeef.example'],
    ['that is no URL', 'slack=deadbeef'],
    ['with plain http', `slack=${SLACK.replace('https:', 'http:')}`],
    ['of another host', 'slack=https://deadbeef.example/services/T/B/x'],
    ['whose host ends as the right one', 'slack=https://evilhooks.slack.com.example/services/T/B/deadbeef'],
    ['whose host begins as the right one', 'slack=https://hooks.slack.com.deadbeef.example/services/T/B/x'],
    ['with the right host as a user', 'slack=https://hooks.slack.com@deadbeef.example/services/T/B/x'],
    ['at another port', 'slack=https://hooks.slack.com:8443/services/T/B/deadbeef'],
    ['with a user', 'json=https://deadbeef:pw@example.com/'],
    ['at another path', 'slack=https://hooks.slack.com/commands/T/B/deadbeef'],
    ['that climbs out of its path', 'slack=https://hooks.slack.com/services/../deadbeef/x/y'],
    ['of the retired connectors of Teams', 'teams=https://deadbeef.webhook.office.com/webhookb2/1'],
    ['without the token in its query', DINGTALK],
    ['with an empty token', `${DINGTALK}?access_token=`],
    ['with a secret where there is none', `slack=${SLACK}#deadbeef-deadbeef`],
    ['with an empty secret', `${FEISHU}#`],
    ['with a short secret', `${FEISHU}#dead`],
    ['with a secret for json that is none', 'json=https://example.com/#deadbeefdeadbeefdeadbeef'],
    ['with a secret for json of 23 bytes', `json=https://example.com/#whsec_${Buffer.alloc(23).toString('base64')}`],
  ])('%s', (_, entry) => {
    const faults = faultsWith({ REPORT_TO: `json=https://example.com/ ${entry}` });

    expect(faults).toEqual([expect.stringMatching(/^REPORT_TO entry 2 (must|\((\w+)\) must)/)]);
    expect(faults.join()).not.toMatch(/dead/);
  });

  test('and all of them at once, with what else is wrong', () => {
    const faults = faultsWith({
      REPORT_TO: 'x=1 json=https://example.com/ slack=2',
      REPORT_ON: 'never',
      CHAT_LANGUAGE: 'fr',
    });

    expect(faults).toEqual([
      'REPORT_TO entry 1 must be kind=https://…, kind one of slack, feishu, dingtalk, wecom, teams, json',
      'REPORT_TO entry 3 (slack) must be https://hooks.slack.com/services/…',
      'REPORT_ON must be of failure, change, always, comma-separated',
      'CHAT_LANGUAGE must be one of en, zh',
    ]);
  });

  test('where there are more than ten', () => {
    expect(faultsWith({ REPORT_TO: 'json=https://example.com/ '.repeat(10) })).toEqual([]);
    expect(faultsWith({ REPORT_TO: 'json=https://example.com/ '.repeat(11) })).toEqual([
      'REPORT_TO must have at most 10 entries',
    ]);
  });
});

test('REPORT_ON needs a word', () => {
  expect(faultsWith({ REPORT_ON: ',' })).toEqual(['REPORT_ON must be of failure, change, always, comma-separated']);
});
