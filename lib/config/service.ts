import * as v from 'valibot';
import { LOG_LEVELS } from '../core/log.ts';
import { isId, type ProjectId } from '../core/task.ts';
import { integer, oneOf, serviceUrl, shares, text } from './forms.ts';
import { type Lookup, readSection, type Section } from './variable.ts';

export const hostLabels = v.pipe(
  text,
  v.regex(/^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$/, 'must be lower-case letters, digits, dots and hyphens'),
);

// {region} and {cloud} in a value stand for those of this section
export const variables = v.object({
  HW_REGION_NAME: hostLabels,
  HW_CLOUD: v.optional(hostLabels, 'myhuaweicloud.com'),
  ALLOWED_SHARES: shares,
  HW_AUTH_URL: v.optional(serviceUrl, 'https://iam.{region}.{cloud}/v3'),
  SFS_TURBO_ENDPOINT: v.optional(serviceUrl, 'https://sfs-turbo.{region}.{cloud}'),
  HW_PROJECT_ID: v.optional(v.custom<ProjectId>(isId, 'must be 1 to 64 letters, digits or hyphens')),
  HW_PROJECT_NAME: v.optional(text, '{region}'),
  REQUEST_TIMEOUT_MS: v.optional(integer(100, 60_000), '5000'),
  MAX_ATTEMPTS: v.optional(integer(1, 10), '3'),
  LOG_LEVEL: v.optional(v.pipe(text, v.toUpperCase(), oneOf(LOG_LEVELS)), 'INFO'),
});

/** Where the services are, and what may be touched there: every function needs it. */
export type ServiceSettings = ReturnType<typeof toSettings>;

const schema = v.pipe(variables, v.transform(toSettings));

export function readService(lookup: Lookup): Section<ServiceSettings> {
  return readSection(schema, lookup);
}

const stsVariables = v.object({
  HW_REGION_NAME: variables.entries.HW_REGION_NAME,
  HW_CLOUD: variables.entries.HW_CLOUD,
  STS_ENDPOINT: v.optional(serviceUrl, 'https://sts.{region}.{cloud}'),
});

const stsUrl = v.pipe(
  stsVariables,
  v.transform((values) => ({ stsUrl: fillIn(values.STS_ENDPOINT, values) })),
);

/** STS's root, without a trailing slash: only targets in other accounts need it, and it is a target's to say. */
export function readStsUrl(lookup: Lookup): Section<{ readonly stsUrl: string }> {
  return readSection(stsUrl, lookup);
}

function toSettings(values: v.InferOutput<typeof variables>) {
  return {
    region: values.HW_REGION_NAME,
    /** IAM's v3 root, without a trailing slash. */
    iamUrl: withV3(fillIn(values.HW_AUTH_URL, values)),
    /** SFS Turbo's root, without a trailing slash. */
    sfsTurboUrl: fillIn(values.SFS_TURBO_ENDPOINT, values),
    project: { id: values.HW_PROJECT_ID, name: fillIn(values.HW_PROJECT_NAME, values) },
    allowedShares: values.ALLOWED_SHARES,
    /** Of one attempt. */
    requestTimeoutMs: values.REQUEST_TIMEOUT_MS,
    /** Of one call to a service, the first attempt included. */
    maxAttempts: values.MAX_ATTEMPTS,
    logLevel: values.LOG_LEVEL,
  } as const;
}

type Place = Pick<v.InferOutput<typeof variables>, 'HW_REGION_NAME' | 'HW_CLOUD'>;

export function fillIn(template: string, { HW_REGION_NAME: region, HW_CLOUD: cloud }: Place): string {
  return template.replace('{region}', region).replace('{cloud}', cloudOf(region, cloud));
}

/** In the default cloud, `eu-*` regions have a domain of their own (the SDK's list of regions). */
function cloudOf(region: string, cloud: string): string {
  return region.startsWith('eu-') && cloud === 'myhuaweicloud.com' ? 'myhuaweicloud.eu' : cloud;
}

/** The Terraform provider also takes the bare host, so its users write it here. */
function withV3(iamUrl: string): string {
  return new URL(iamUrl).pathname === '/' ? `${iamUrl}/v3` : iamUrl;
}
