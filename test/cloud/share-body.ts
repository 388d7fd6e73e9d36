import type { Share } from './shares.ts';

export type ShareBody = (share: Share) => unknown;

/** @see {@link https://support.huaweicloud.com/api-sfsturbo/ListShares.html} */
export function shareBody(share: Share, region: string, hasTags: boolean): unknown {
  const isNew = share.supportsTasks;
  return {
    id: share.id,
    name: share.name,
    status: '200',
    sub_status: '',
    version: '1.0.0',
    region,
    created_at: share.createdAt,
    share_proto: 'NFS',
    share_type: isNew ? 'HPC_PERFORMANCE_250M' : 'STANDARD',
    ...(isNew ? { expand_type: 'hpc', hpc_bw: '250M' } : {}),
    // both sizes are strings, in GB
    size: '1228.80',
    avail_capacity: '1200.00',
    availability_zone: `${region}a`,
    az_name: '',
    action_progress: {},
    export_location: `${share.id}.sfsturbo.internal:/`,
    pay_model: '0',
    security_group_id: '8c4ebbd0-6edf-4aae-8353-81ce6d06e1f6',
    subnet_id: 'e5eb7d1b-6c0c-4a5e-b19c-1a8d1a6d5a3f',
    vpc_id: '0157b53f-4974-4e80-91c9-098532bcaf00',
    enterprise_project_id: '0',
    ...(hasTags ? { tags: share.tags } : {}),
  };
}
