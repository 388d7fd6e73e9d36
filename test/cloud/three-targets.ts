import type { Cloud, CloudAgency, CloudProject } from './cloud.ts';

/** A project with one share. */
export interface CloudTarget {
  readonly project: CloudProject;
  readonly shareId: string;
}

/** Two projects of one account in two regions, `north` and `east`, and one of a `partner`, whose agency lets the account in. */
export interface ThreeTargets {
  readonly north: CloudTarget;
  readonly east: CloudTarget;
  readonly partner: CloudTarget;
  readonly agency: CloudAgency;
  /** For functions of the account, with its key: each target has a share `big`, and `east` has `cold` too. */
  readonly variables: Readonly<Record<string, string>>;
}

/** @param northShareId of a share that the first project has already; one is added unless told */
export async function addThreeTargets(cloud: Cloud, northShareId = cloud.addShare()): Promise<ThreeTargets> {
  const { sfsTurboUrl: eastUrl } = await cloud.addRegion('cn-east-3');
  const eastProject =
    cloud.account.projects.find(({ name }) => name === 'cn-east-3') ?? cloud.account.addProject('cn-east-3');
  const partnerAccount = cloud.addAccount('partner');
  const partnerProject = partnerAccount.addProject(cloud.region);
  const agency = partnerAccount.addAgency({ name: 'du', trusts: cloud.account, externalId: 'ticket-1' });

  const north = { project: cloud.project, shareId: northShareId };
  const east = { project: eastProject, shareId: eastProject.addShare({ name: 'big' }) };
  const cold = eastProject.addShare({ name: 'cold' });
  const partner = { project: partnerProject, shareId: partnerProject.addShare({ name: 'big' }) };

  const common = { iam_url: cloud.iamUrl, sfs_turbo_url: cloud.sfsTurboUrl };
  const targets = [
    {
      name: 'north',
      project_id: north.project.id,
      ...common,
      shares: [north.shareId],
      aliases: { big: north.shareId },
    },
    {
      name: 'east',
      region: 'cn-east-3',
      project_id: east.project.id,
      ...common,
      sfs_turbo_url: eastUrl,
      shares: [east.shareId, cold],
      aliases: { big: east.shareId, cold },
    },
    {
      name: 'partner',
      account: 'partner',
      project_id: partner.project.id,
      ...common,
      sts_url: cloud.stsUrl,
      shares: '*',
      aliases: { big: partner.shareId },
    },
  ];
  const accounts = { partner: { agency_urn: agency.urn, external_id: agency.externalId } };
  const { accessKey, secretKey } = cloud.account.user;
  return {
    north,
    east,
    partner,
    agency,
    variables: {
      HW_REGION_NAME: cloud.region,
      HW_ACCESS_KEY: accessKey,
      HW_SECRET_KEY: secretKey,
      TARGETS: JSON.stringify(targets),
      ACCOUNTS: JSON.stringify(accounts),
      // what each target says for itself, and what belongs to the password
      ...{
        ALLOWED_SHARES: '',
        SWEEP_SHARES: '',
        SHARE_ALIASES: '',
        HW_DOMAIN_NAME: '',
        HW_USER_NAME: '',
        HW_USER_PASSWORD: '',
      },
    },
  };
}
