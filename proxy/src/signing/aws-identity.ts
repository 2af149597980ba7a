import { asObject, asString, parseJson } from '../wire/read-json.ts';
import { ask, xmlText } from './ask-for-token.ts';
import type { AwsKeys } from './aws-keys.ts';
import { notObtained, type Obtain, type Obtained } from './obtained.ts';
import type { SigningDeps } from './signing-deps.ts';

const SESSION_NAME = 'headgate-proxy';
/** Addresses at which plain http is what AWS defines: EKS Pod Identity, ECS, and an agent beside the process. */
const AGENT_HOSTS: ReadonlySet<string> = new Set(['169.254.170.23', '[fd00:ec2::23]', '169.254.170.2', '127.0.0.1', '[::1]', 'localhost']);

/**
 * Temporary keys of the pod's own AWS identity, by what the pod has been given: an IRSA token (exchanged at STS, also for
 * another role that trusts it), else EKS Pod Identity.
 */
export function podAwsKeys(region: string, roleArn: string | undefined, deps: SigningDeps): Obtain<AwsKeys> {
  const { pod } = deps;
  return async () => {
    const tokenFile = pod.variable('AWS_WEB_IDENTITY_TOKEN_FILE');
    const role = roleArn ?? pod.variable('AWS_ROLE_ARN');
    if (tokenFile !== undefined && role !== undefined) return assumeRole(region, role, tokenFile, deps);
    const url = pod.variable('AWS_CONTAINER_CREDENTIALS_FULL_URI');
    if (url !== undefined && roleArn === undefined) return askAgent(url, deps);
    const wanted =
      roleArn === undefined ? 'AWS_WEB_IDENTITY_TOKEN_FILE or AWS_CONTAINER_CREDENTIALS_FULL_URI' : 'AWS_WEB_IDENTITY_TOKEN_FILE';
    return notObtained('auth', `the proxy has no AWS workload identity: ${wanted} is not set`);
  };
}

async function assumeRole(region: string, roleArn: string, tokenFile: string, deps: SigningDeps): Promise<Obtained<AwsKeys>> {
  const { pod, fetch } = deps;
  const token = await pod.file(tokenFile).catch(() => undefined);
  if (token === undefined) return notObtained('auth', 'the file of AWS_WEB_IDENTITY_TOKEN_FILE cannot be read');
  const endpoint = pod.variable('AWS_ENDPOINT_URL_STS');
  const answer = await ask(
    { service: 'AWS STS', fetch },
    {
      url: endpoint ?? `https://sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}/`,
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({
        Action: 'AssumeRoleWithWebIdentity',
        Version: '2011-06-15',
        RoleArn: roleArn,
        RoleSessionName: SESSION_NAME,
        WebIdentityToken: token.trim(),
      }).toString(),
      realm: endpoint === undefined ? 'public' : 'pod',
    },
  );
  if (answer.type === 'failure') return answer;
  const read = (name: string): string | undefined => xmlText(answer.value.body, name);
  const names = { id: read('AccessKeyId'), secret: read('SecretAccessKey'), session: read('SessionToken'), until: read('Expiration') };
  return temporaryKeys('AWS STS', names, deps);
}

async function askAgent(url: string, deps: SigningDeps): Promise<Obtained<AwsKeys>> {
  const { pod, fetch } = deps;
  const parsed = URL.parse(url);
  if (parsed === null || (parsed.protocol !== 'https:' && !AGENT_HOSTS.has(parsed.hostname))) {
    return notObtained('auth', 'AWS_CONTAINER_CREDENTIALS_FULL_URI is not an address of an AWS credentials agent');
  }
  const path = pod.variable('AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE');
  const token = path === undefined ? undefined : await pod.file(path).catch(() => undefined);
  if (path !== undefined && token === undefined) {
    return notObtained('auth', 'the file of AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE cannot be read');
  }
  const headers: Record<string, string> = token === undefined ? {} : { authorization: token.trim() };
  const answer = await ask({ service: 'the AWS credentials agent', fetch }, { url, method: 'GET', headers, realm: 'pod' });
  if (answer.type === 'failure') return answer;
  const body = asObject(parseJson(answer.value.body)) ?? {};
  const read = (name: string): string | undefined => asString(body[name]);
  const names = { id: read('AccessKeyId'), secret: read('SecretAccessKey'), session: read('Token'), until: read('Expiration') };
  return temporaryKeys('the AWS credentials agent', names, deps);
}

type Names = Readonly<Record<'id' | 'secret' | 'session' | 'until', string | undefined>>;

function temporaryKeys(service: string, { id, secret, session, until }: Names, { clock }: SigningDeps): Obtained<AwsKeys> {
  const lifetimeMs = Date.parse(until ?? '') - clock.wallMs();
  if (id === undefined || secret === undefined || session === undefined || !(lifetimeMs > 0)) {
    return notObtained('malformed', `${service} answered without usable keys`);
  }
  return { type: 'value', value: { accessKeyId: id, secretAccessKey: secret, sessionToken: session }, lifetimeMs };
}
