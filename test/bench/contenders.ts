import { createHash } from 'node:crypto';
import { type Bundle, bundleOther, bundleOurs } from './bundles.ts';
import type { CloudFacts } from './cloud-process.ts';

/** What ours is compared with. */
const PEERS = {
  'bare agent': 'test/bench/peers/bare-agent.ts',
  'bare undici': 'test/bench/peers/bare-undici.ts',
  obvious: 'test/bench/peers/obvious.ts',
  'official SDK': 'test/bench/peers/official-sdk.ts',
} as const;
export type PeerName = keyof typeof PEERS;
export type ContenderName = 'ours' | PeerName;

/** What each one is, for the reader of the output. */
export const CONTENDERS: Readonly<Record<ContenderName, string>> = {
  ours: 'this function, bundled as it is deployed',
  'bare agent':
    "the same two calls with Node's own client and a keep-alive agent, and nothing else; one token for good",
  'bare undici': "the same two calls with undici's Pool, and nothing else; one token for good",
  obvious: "Middy, its JSON parser, undici's `request`; a token for each call",
  'official SDK': '@huaweicloud/huaweicloud-sdk-core with an access key: one signed call, and no token',
};

// Object.keys forgets the type of the keys
export const PEER_NAMES = Object.keys(PEERS) as readonly PeerName[];

/** One handler that cancels a task, bundled, with the variables that it reads. */
export interface Contender {
  readonly name: ContenderName;
  readonly bundle: Bundle;
  readonly variables: Readonly<Record<string, string>>;
}

const CALLER_KEY = 'bench-caller-key';

export async function bundleContenders(facts: CloudFacts, directory: string): Promise<readonly Contender[]> {
  const ours = bundleOurs('http', directory).then((bundle) => contender('ours', bundle, facts));
  const peers = PEER_NAMES.map(async (name) => {
    const bundle = await bundleOther(name.replace(/\W+/g, '-'), PEERS[name], directory);
    return contender(name, bundle, facts);
  });
  return Promise.all([ours, ...peers]);
}

/** The function `timer`, for the sweep. */
export async function bundleTimer(facts: CloudFacts, directory: string): Promise<Contender> {
  return contender('ours', await bundleOurs('timer', directory), facts);
}

function contender(name: ContenderName, bundle: Bundle, facts: CloudFacts): Contender {
  return { name, bundle, variables: variablesOf(name, facts) };
}

function variablesOf(name: ContenderName, facts: CloudFacts): Contender['variables'] {
  // on Lambda this one is always set, and ours then opens its connections while the function initialises
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
