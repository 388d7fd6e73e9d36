/** Where Slack receives the messages that answer a click. */
export const SLACK_ORIGINS: readonly string[] = ['https://hooks.slack.com'];

const RESPONSE_PATH = /^\/(actions|commands)\/[\w./-]+$/;

/** The URL, if it is one of Slack's. Any other would let a request choose which server this function talks to. */
export function parseResponseUrl(value: unknown, origins: readonly string[]): URL | undefined {
  if (typeof value !== 'string' || value.length > 2_048 || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  const isPlain = url.username === '' && url.password === '' && url.search === '' && url.hash === '';
  // an origin is scheme, host, and port unless it is the default one
  return isPlain && origins.includes(url.origin) && RESPONSE_PATH.test(url.pathname) ? url : undefined;
}
