import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { federatedToken } from './azure-token.ts';
import { SampleSigning } from './sample-signing.ts';

const SCOPE = 'https://cognitiveservices.azure.com/.default';
let sample: SampleSigning;

beforeEach(async () => {
  sample = new SampleSigning();
  await sample.start();
  Object.assign(sample.variables, { AZURE_TENANT_ID: 'tenant-1', AZURE_CLIENT_ID: 'client-1', AZURE_FEDERATED_TOKEN_FILE: '/t' });
  sample.files['/t'] = 'projected-1\n';
});
afterEach(() => sample.stop());

test("the pod's projected token is exchanged for one of Entra's, and read anew each time", async () => {
  const obtain = federatedToken({ scope: SCOPE }, sample.deps);
  expect(await obtain()).toMatchObject({ type: 'value', value: 'token-1' });
  sample.files['/t'] = 'projected-2';
  await obtain();
  expect(sample.asked.map(({ form }) => form.get('client_assertion'))).toEqual(['projected-1', 'projected-2']);
  expect(sample.asked[0]?.url).toBe('https://login.microsoftonline.com/tenant-1/oauth2/v2.0/token');
  expect(Object.fromEntries(sample.asked[0]?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    client_id: 'client-1',
    scope: SCOPE,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: 'projected-1',
  });
});

test('tenant, client and authority may be others than the usual', async () => {
  sample.variables['AZURE_AUTHORITY_HOST'] = 'https://login.microsoftonline.us/';
  await federatedToken({ scope: SCOPE, tenantId: 'tenant-2', clientId: 'client-2' }, sample.deps)();
  expect(sample.asked[0]?.url).toBe('https://login.microsoftonline.us/tenant-2/oauth2/v2.0/token');
  expect(sample.asked[0]?.form.get('client_id')).toBe('client-2');
});

test.each(['AZURE_TENANT_ID', 'AZURE_CLIENT_ID', 'AZURE_FEDERATED_TOKEN_FILE'])('without %s it is said what is missing', async (name) => {
  delete sample.variables[name];
  expect(await federatedToken({ scope: SCOPE }, sample.deps)()).toMatchObject({
    error: { reason: 'auth', message: expect.stringContaining(name) },
  });
  expect(sample.asked).toEqual([]);
});

test('a token file that cannot be read is a failure', async () => {
  delete sample.files['/t'];
  expect(await federatedToken({ scope: SCOPE }, sample.deps)()).toMatchObject({ error: { reason: 'auth' } });
});
