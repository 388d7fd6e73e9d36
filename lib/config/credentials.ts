import * as v from 'valibot';
import { text } from './forms.ts';
import { isSet, type Lookup, readSection, type Section } from './variable.ts';

const password = v.pipe(
  v.object({ HW_DOMAIN_NAME: text, HW_USER_NAME: text, HW_USER_PASSWORD: text }),
  v.transform(({ HW_DOMAIN_NAME: domainName, HW_USER_NAME: userName, HW_USER_PASSWORD: password }) => {
    return { type: 'password', domainName, userName, password } as const;
  }),
);

const key = v.pipe(
  v.object({ HW_ACCESS_KEY: text, HW_SECRET_KEY: text, HW_SECURITY_TOKEN: v.optional(text) }),
  v.transform(({ HW_ACCESS_KEY: accessKey, HW_SECRET_KEY: secretKey, HW_SECURITY_TOKEN: securityToken }) => {
    return { type: 'key', accessKey, secretKey, securityToken } as const;
  }),
);

/** An IAM user, who gets a token. */
export type PasswordSettings = v.InferOutput<typeof password>;
/** `key`: an access key, which signs requests. `agency`: the platform hands each invocation an access key. */
export type CredentialSettings = PasswordSettings | v.InferOutput<typeof key> | { readonly type: 'agency' };

/**
 * One kind of credentials. Variables of two kinds are a fault, because one kind would be ignored without a word.
 *
 * @param hasAgency whether the platform can give the function credentials of its own
 */
export function readCredentials(
  lookup: Lookup,
  hasAgency: boolean,
): Section<{ readonly credentials: CredentialSettings }> {
  const section = readKind(lookup, hasAgency);
  return 'faults' in section ? section : { settings: { credentials: section.settings } };
}

function readKind(lookup: Lookup, hasAgency: boolean): Section<CredentialSettings> {
  // the domain alone decides nothing: it may stand beside an access key
  const byPassword = isSet('HW_USER_NAME', lookup) || isSet('HW_USER_PASSWORD', lookup);
  const byKey = Object.keys(key.entries).some((name) => isSet(name, lookup));

  if (byPassword && byKey) return { faults: [CONTRADICTION] };
  if (byKey) return readSection(key, lookup);
  if (byPassword) return readSection(password, lookup);
  return hasAgency ? { settings: { type: 'agency' } } : { faults: [NO_CREDENTIALS] };
}

const NO_CREDENTIALS =
  'HW_ACCESS_KEY and HW_SECRET_KEY are missing, and so are HW_DOMAIN_NAME, HW_USER_NAME and HW_USER_PASSWORD: set one group';
const CONTRADICTION =
  'HW_USER_NAME and HW_USER_PASSWORD contradict HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN: set one group only';
