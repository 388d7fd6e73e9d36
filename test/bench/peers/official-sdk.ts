import { BasicCredentials } from '@huaweicloud/huaweicloud-sdk-core';
import { ClientBuilder } from '@huaweicloud/huaweicloud-sdk-core/ClientBuilder';
import type { HcClient } from '@huaweicloud/huaweicloud-sdk-core/HcClient';
import type { SdkResponse } from '@huaweicloud/huaweicloud-sdk-core/SdkResponse';
import { type CancelEvent, type Response, taskPath } from './peer.ts';

/** The official SDK with access keys: each request is signed, so there is no token to fetch. */
const projectId = String(process.env['HW_PROJECT_ID']);
const client = new ClientBuilder<HcClient>((hcClient) => hcClient)
  .withCredential(
    new BasicCredentials()
      .withAk(String(process.env['HW_ACCESS_KEY']))
      .withSk(String(process.env['HW_SECRET_KEY']))
      .withProjectId(projectId),
  )
  .withEndpoint(String(process.env['SFS_TURBO_ENDPOINT']))
  .build();

export async function handler(event: CancelEvent): Promise<Response> {
  const { share_id, task_id } = JSON.parse(event.body);
  const { httpStatusCode = 0 } = await client.sendRequest<SdkResponse>({
    method: 'DELETE',
    url: taskPath(projectId, share_id, task_id),
    contentType: 'application/json',
    queryParams: {},
    pathParams: {},
    headers: {},
  });
  return { statusCode: httpStatusCode, body: JSON.stringify({ share_id, task_id }) };
}
