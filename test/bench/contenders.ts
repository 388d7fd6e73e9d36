import { createHash } from 'node:crypto';
import { type Bundle, bundleOther, bundleOurs } from './bundles.ts';
import type { CloudFacts } from './cloud-process.ts';

const ENTRY_POINTS = {
  ours: 'handlers/http.ts',
  'bare agent': 'test/bench/peers/bare-agent.ts',
  'bare undici': 'test/bench/peers/bare-undici.ts',
  obvious: 'test/bench/peers/obvious.ts',
  'official SDK': 'test/bench/peers/official-sdk.ts',
} as const;
export type ContenderName = keyof typeof ENTRY_POINTS;

/** What each one is, for the reader of the output. */
export const CONTENDERS: Readonly<Record<ContenderName, string>> = {
  ours: 'this function, bundled as it is deployed',
  'bare agent':
    "the same two calls with Node's own client and a keep-alive agent, and nothing else; one token for good",
  'bare undici': "the same two calls with undici's Pool, and nothing else; one token for good",
  obvious: "Middy, its JSON parser, undici's `request`; a token for each call",
  'official SDK': '@huaweicloud/huaweicloud-sdk-core with an access key: one signed call, and no token',
};

/** One handler that cancels a task, bundled, with the variables that it reads. */
export interface Contender {
  readonly name: ContenderName;
  readonly bundle: Bundle;
  readonly variables: Readonly<Record<string, string>>;
}

/** The function `timer`, which nothing here competes with. */
export async function bundleTimer(facts: CloudFacts, directory: string): Promise<Contender> {
  return {
    name: 'ours',
    bundle: await bundleOurs('timer', 'handlers/timer.ts', directory),
    variables: variablesOf('ours', facts),
  };
}

const CALLER_KEY = 'bench-caller-key';

export async function bundleContenders(facts: CloudFacts, directory: string): Promise<readonly Contender[]> {
  const names = Object.keys(ENTRY_POINTS) as ContenderName[];
  return Promise.all(
    names.map(async (name) => {
      const make = name === 'ours' ? bundleOurs : bundleOther;
      const bundle = await make(name.replace(/\W+/g, '-'), ENTRY_POINTS[name], directory);
      return { name, bundle, variables: variablesOf(name, facts) };
    }),
  );
}

/** The other functions, which compete with nobody: only their sizes are of interest. */
export function bundleOthers(directory: string): Promise<readonly Pick<Contender, 'bundle'>[]> {
  const names = ['timer', 'chat'];
  return Promise.all(names.map(async (name) => ({ bundle: await bundleOurs(name, `handlers/${name}.ts`, directory) })));
}

function variablesOf(name: ContenderName, facts: CloudFacts): Contender['variables'] {
  // on Lambda this one is always set; ours starts to fetch its token while the function initialises
  const variables = { ...facts.variables, AWS_LAMBDA_FUNCTION_NAME: 'bench' };
  switch (name) {
    case 'ours': {
      const digest = createHash('sha256').update(CALLER_KEY).digest('hex');
      return { ...variables, ALLOWED_SHARES: facts.shareId, CALLER_KEYS: `bench:${digest}` };
    }
    case 'official SDK': {
      const keys = { HW_ACCESS_KEY: facts.accessKey, HW_SECRET_KEY: facts.secretKey };
      return { ...variables, ...keys, HW_PROJECT_ID: facts.projectId };
    }
    default:
      return variables;
  }
}

/** `POST /v1/tasks/cancel` as an HTTP API hands it over: the same event for every contender. */
export function cancelEvent(shareId: string, taskId: string): object {
  return {
    version: '2.0',
    rawPath: '/v1/tasks/cancel',
    rawQueryString: '',
    headers: { authorization: `Bearer ${CALLER_KEY}`, 'content-type': 'application/json', accept: '*/*' },
    requestContext: { stage: '$default', http: { method: 'POST', path: '/v1/tasks/cancel' } },
    body: JSON.stringify({ share_id: shareId, task_id: taskId }),
    isBase64Encoded: false,
  };
}
