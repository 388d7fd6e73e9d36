import { createHash } from 'node:crypto';

/** The ids of the API page's own example; the events in `test/events` use them. */
export const EXAMPLE_SHARE = '77ba6f4b-6365-4895-8dda-bc7142af4dde';
export const EXAMPLE_TASK = '11abef677ac40f46644d1d5cfc2424a4';

/** Lets the caller of the example events in. */
export const exampleVariables = {
  ALLOWED_SHARES: EXAMPLE_SHARE,
  CALLER_KEYS: `example:${createHash('sha256').update('example-caller-key').digest('hex')}`,
};
