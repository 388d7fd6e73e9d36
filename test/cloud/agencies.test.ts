import { describe, expect, test } from 'vitest';
import { type Call, send, withToken } from './caller.ts';
import type { Cloud, CloudAccount, CloudAgency } from './cloud.ts';
import { outcomeOf, sendSigned, sharesUrl, startEstate, tokenFor } from './estate.ts';

const NOW_MS = Date.UTC(2026, 0, 2, 3, 4, 5, 6);
type Keys = Parameters<typeof sendSigned>[1];

/** Account one may assume an agency of account two, which may enter the first project there. */
async function delegated(input: { readonly externalId?: string; readonly maxDurationSeconds?: number } = {}) {
  let nowMs = NOW_MS;
  const { at, cloud } = await startEstate({ now: () => nowMs });
  const [{ account: one }, { account: two }, open, closed] = [at(0), at(4), at(4), at(5)];
  const agency = two.addAgency({ name: 'du', trusts: one, rights: { projectIds: [open.project.id] }, ...input });
  const list = (target: typeof open, keys: Keys) =>
    sendSigned(sharesUrl(target), keys, { projectId: target.project.id, atMs: nowMs });
  return {
    cloud,
    one,
    two,
    agency,
    at,
    advance(ms: number) {
      nowMs += ms;
    },
    /** of the project that the agency was granted, and of one that it was not */
    lists: async (keys: Keys) => [outcomeOf(await list(open, keys)), outcomeOf(await list(closed, keys))],
    assume: (keys: Keys, changes: object = {}) => assume(cloud, keys, { ...assumeBody(agency), ...changes }, nowMs),
    assumeV3: (keys: Keys, changes: object = {}) =>
      sendSigned(securityTokensUrl(cloud), keys, { ...post(v3Body(two, agency, changes)), atMs: nowMs }),
  };
}

function post(body: unknown): Call {
  return { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) };
}

function assumeBody({ urn }: CloudAgency) {
  return { agency_urn: urn, agency_session_name: 'du-cleaner' };
}

function assume(cloud: Cloud, keys: Keys, body: unknown, atMs: number) {
  return sendSigned(`${cloud.stsUrl}/v5/agencies/assume`, keys, { ...post(body), atMs });
}

function v3Body({ domainName }: CloudAccount, { name }: CloudAgency, changes: object) {
  const role = { agency_name: name, domain_name: domainName, ...changes };
  return { auth: { identity: { methods: ['assume_role'], assume_role: role } } };
}

function securityTokensUrl(cloud: Cloud): string {
  return `${new URL(cloud.iamUrl).origin}/v3.0/OS-CREDENTIAL/securitytokens`;
}

function keysOf(text: string): Keys {
  const { credential, credentials } = JSON.parse(text);
  return credentials === undefined
    ? { accessKey: credential.access, secretKey: credential.secret, securityToken: credential.securitytoken }
    : {
        accessKey: credentials.access_key_id,
        secretKey: credentials.secret_access_key,
        securityToken: credentials.security_token,
      };
}

describe('STS v5', () => {
  test('gives keys of an agency, which open what it was granted until they expire', async () => {
    const { advance, agency, assume, cloud, lists, one, two } = await delegated();

    const reply = await assume(one.user);
    const keys = keysOf(reply.text);
    const fresh = await lists(keys);
    advance(3_600_000);
    const stale = await lists(keys);

    expect(JSON.parse(reply.text)).toEqual({
      assumed_agency: {
        urn: `sts::${two.domainId}:assumed-agency:du/du-cleaner`,
        id: `${agency.id}:du-cleaner`,
      },
      credentials: {
        access_key_id: keys.accessKey,
        secret_access_key: keys.secretKey,
        security_token: keys.securityToken,
        expiration: '2026-01-02T04:04:05.006Z',
      },
    });
    expect(fresh).toEqual(['200', '403 APIGW.0302']);
    expect(stale).toEqual(['401 APIGW.0301', '401 APIGW.0301']);
    expect(cloud.requests.map(({ caller }) => caller).slice(0, 2)).toEqual(['one/du-cleaner', 'two/agency:du']);
  });

  test.each([
    ['a session name of one character', { agency_session_name: 'a' }],
    ['a session name with a space', { agency_session_name: 'a b' }],
    ['less than 900 s', { duration_seconds: 899 }],
    ['more than 43,200 s', { duration_seconds: 43_201 }],
    ['more than the agency allows', { duration_seconds: 3601 }],
    ['a time as text', { duration_seconds: '900' }],
    ['an external id of one character', { external_id: 'x' }],
    ['no URN', { agency_urn: 'du' }],
    ['a field that is not documented', { agency_name: 'du' }],
  ])('refuses %s', async (_name, changes) => {
    const { assume, one } = await delegated();

    const reply = await assume(one.user, changes);

    expect(reply.status).toBe(400);
  });

  test('gives no more than an hour to keys that are temporary themselves', async () => {
    const { advance: _, assume, cloud, one, two } = await delegated({ maxDurationSeconds: 43_200 });
    const first = cloud.issueTemporaryCredentials(undefined, one.addAgency({ trusts: two }));
    const durations = [43_200, 3601, 3600].map((duration_seconds) => ({ duration_seconds }));

    const permanent = await Promise.all(durations.map((changes) => assume(one.user, changes)));
    const chained = await Promise.all(durations.map((changes) => assume(first, changes)));

    expect(permanent.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(chained.map(({ status }) => status)).toEqual([400, 400, 200]);
  });

  test.each([
    { name: 'the external id', externalId: 'secret-1', changes: { external_id: 'secret-1' }, outcome: '200' },
    { name: 'another external id', externalId: 'secret-1', changes: { external_id: 'x-2' }, outcome: '403 PAP5.0001' },
    { name: 'no external id', externalId: 'secret-1', changes: {}, outcome: '403 PAP5.0001' },
  ])('answers $outcome to $name', async ({ changes, externalId, outcome }) => {
    const { assume, one } = await delegated({ externalId });

    const reply = await assume(one.user, changes);

    expect(outcomeOf(reply)).toBe(outcome);
  });

  test('denies an agency to an account that it does not trust, and to a user without the right', async () => {
    const { assume, one, two } = await delegated();
    const weak = one.addUser({ rights: { denied: ['AssumeAgency'] } });

    const replies = [await assume(two.user), await assume(weak)];

    expect(replies.map(outcomeOf)).toEqual(['403 PAP5.0001', '403 PAP5.0001']);
    expect(JSON.parse(replies[0]?.text ?? '')).toMatchObject({
      error_msg: expect.stringContaining('sts:agencies:assume'),
      encoded_authorization_message: expect.any(String),
    });
  });

  test('tells who the caller is', async () => {
    const { assume, cloud, one, two, agency } = await delegated();
    const keys = keysOf((await assume(one.user)).text);
    const ask = async (with_: Keys) => {
      const reply = await sendSigned(`${cloud.stsUrl}/v5/caller-identity`, with_, { atMs: NOW_MS });
      return JSON.parse(reply.text);
    };

    const identities = [await ask(one.user), await ask(keys)];

    expect(identities).toEqual([
      {
        account_id: one.domainId,
        principal_id: one.user.id,
        principal_urn: `iam::${one.domainId}:user:du-cleaner`,
      },
      {
        account_id: two.domainId,
        principal_id: `${agency.id}:du-cleaner`,
        principal_urn: `sts::${two.domainId}:assumed-agency:du/du-cleaner`,
      },
    ]);
  });

  test('takes a signature, and neither a token nor nothing', async () => {
    const { agency, at, cloud } = await delegated();
    const token = await tokenFor(cloud, at(0).account.user, at(0).project);
    const call = post(assumeBody(agency));

    const replies = [
      await send(`${cloud.stsUrl}/v5/agencies/assume`, { ...call, headers: withToken(token) }),
      await send(`${cloud.stsUrl}/v5/agencies/assume`, call),
    ];

    expect(replies.map(outcomeOf)).toEqual(['401 APIGW.0301', '401 APIGW.0301']);
  });
});

describe('IAM v3', () => {
  test('gives keys of an agency for 15 minutes unless told, to a signature and to a token', async () => {
    const { agency, assumeV3, at, cloud, lists, one, two } = await delegated();
    const token = await tokenFor(cloud, one.user, at(0).project);
    const call = { ...post(v3Body(two, agency, {})), headers: withToken(token) };

    const replies = [await assumeV3(one.user), await send(securityTokensUrl(cloud), call)];

    for (const reply of replies) {
      const { accessKey, secretKey, securityToken } = keysOf(reply.text);
      expect(reply.status).toBe(201);
      expect(JSON.parse(reply.text)).toEqual({
        credential: {
          access: accessKey,
          secret: secretKey,
          securitytoken: securityToken,
          expires_at: '2026-01-02T03:19:05.006000Z',
        },
      });
      expect(await lists(keysOf(reply.text))).toEqual(['200', '403 APIGW.0302']);
    }
  });

  test.each([
    ['no domain', { domain_name: undefined }],
    ['a domain that is no text', { domain_id: 1 }],
    ['less than 900 s', { duration_seconds: 899 }],
    ['more than a day', { duration_seconds: 86_401 }],
    ['a time as text', { duration_seconds: '900' }],
    ['a field of other clouds', { xrole_name: 'du' }],
  ])('refuses %s', async (_name, changes) => {
    const { assumeV3, one } = await delegated();

    const reply = await assumeV3(one.user, changes);

    expect(outcomeOf(reply)).toBe('400 IAM.0011');
  });

  test('denies an unknown agency, an account that is not trusted, and a caller that is an agency itself', async () => {
    const { assume, assumeV3, cloud, one, two } = await delegated();
    const ofFunction = cloud.issueTemporaryCredentials(undefined, one.addAgency({ trusts: two }));

    const replies = [
      await assumeV3(one.user, { agency_name: 'none' }),
      await assumeV3(two.user),
      await assumeV3(ofFunction),
    ];
    const byV5 = await assume(ofFunction);

    expect(replies.map(outcomeOf)).toEqual(Array(3).fill('403 IAM.0002'));
    expect(byV5.status).toBe(200);
  });
});

describe('an agency that is taken back', () => {
  test.each([
    { how: 'distrust', v5: '403 PAP5.0001' },
    { how: 'remove', v5: '404 STS5.1106' },
  ] as const)('by $how is refused, and its keys live on until they are killed', async ({ how, v5 }) => {
    const { agency, assume, assumeV3, lists, one } = await delegated();
    const keys = keysOf((await assume(one.user)).text);

    agency[how]();
    const refused = [await assume(one.user), await assumeV3(one.user)];
    const before = await lists(keys);
    agency.killKeys();
    const after = await lists(keys);

    expect(refused.map(outcomeOf)).toEqual([v5, '403 IAM.0002']);
    expect([before[0], after[0]]).toEqual(['200', '401 APIGW.0301']);
  });
});
