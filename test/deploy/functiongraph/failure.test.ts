import { createRequire } from 'node:module';
import { expect, test } from 'vitest';

const load = createRequire(import.meta.url);
const { explain } = load('../../../deploy/functiongraph/failure.cjs') as {
  explain: (step: string, error: Error) => Error;
};
const { ApiError } = load('../../../deploy/functiongraph/api/api-error.cjs') as {
  ApiError: new (message: string, answer: { status?: number; code?: string; requestId?: string }) => Error;
};

test.each([
  { code: 'APIGW.0101', advice: 'Check HW_REGION_NAME and HW_PROJECT_ID' },
  { code: 'FSS.1005', advice: 'Set custom.functiongraph.runtime to one that the region offers' },
  { code: 'FSS.1018', advice: 'Some regions take 2,048 characters' },
  { code: 'FSS.1055', advice: 'Create the application' },
  { code: 'FSS.1146', advice: 'take it offline and delete it in the console of API Gateway' },
  { code: 'FSS.1147', advice: 'take it offline and delete it in the console of API Gateway' },
  { code: 'FSS.1417', advice: 'custom.functiongraph.gateway.subdomain' },
])('$code is explained', ({ code, advice }) => {
  const error = new ApiError('refused', { status: 400, code });

  const { message } = explain('du-test-http: create the function', error);

  expect(message).toContain(`du-test-http: create the function: failed.\n  ${code} refused (HTTP 400)`);
  expect(message).toContain(advice);
});
