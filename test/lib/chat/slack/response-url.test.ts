import { describe, expect, test } from 'vitest';
import { parseResponseUrl, SLACK_ORIGINS } from '../../../../lib/chat/slack/response-url.ts';

describe('a response_url', () => {
  test.each([
    'https://hooks.slack.com/actions/T0001/397700885554/96rGlfmibIGlgcZRskXaIFfN',
    'https://hooks.slack.com/commands/T0001/397700885554/96rGlfmibIGlgcZRskXaIFfN',
    'https://hooks.slack.com:443/actions/T0001/1/a',
    'https://HOOKS.slack.com/actions/T0001/1/a',
  ])('of %s is used', (url) => {
    expect(parseResponseUrl(url, SLACK_ORIGINS)?.origin).toBe('https://hooks.slack.com');
  });

  test.each([
    'http://hooks.slack.com/actions/T0001/1/a',
    'https://hooks.slack.com:8443/actions/T0001/1/a',
    'https://evilslack.com/actions/T0001/1/a',
    'https://evilhooks.slack.com/actions/T0001/1/a',
    'https://hooks.slack.com.evil.test/actions/T0001/1/a',
    'https://hooks.slack.com@evil.test/actions/T0001/1/a',
    'https://user:pass@hooks.slack.com/actions/T0001/1/a',
    'https://hooks.slack.com%2eevil.test/actions/T0001/1/a',
    'https://hooks.slack.com./actions/T0001/1/a',
    'https://hooks.slack.com/services/T0001/B0001/a',
    'https://hooks.slack.com/actions/../services/T0001/B0001/a',
    'https://hooks.slack.com/actions/%2e%2e/services/T0001/B0001/a',
    'https://hooks.slack.com/actions/T0001/1/a?x=1',
    'https://hooks.slack.com/actions/T0001/1/a#x',
    'https://hooks.slack.com/',
    'https://evil.test\\@hooks.slack.com/actions/T0001/1/a',
    'https://127.0.0.1/actions/T0001/1/a',
    'http://169.254.169.254/actions/T0001/1/a',
    'file:///actions/T0001/1/a',
    'javascript:alert(1)',
    `https://hooks.slack.com/actions/${'a'.repeat(3_000)}`,
    'hooks.slack.com/actions/T0001/1/a',
    '',
    undefined,
    7,
    ['https://hooks.slack.com/actions/T0001/1/a'],
  ])('of %j is not', (url) => {
    expect(parseResponseUrl(url, SLACK_ORIGINS)).toBeUndefined();
  });
});
