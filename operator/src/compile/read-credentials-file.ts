import type { ProviderAuth } from '@headgate/crds';
import { type Fields, isFields, textOf } from './fields.ts';

/** What a Secret holds where a vendor takes credentials files besides keys. */
export type CredentialsFile =
  | { readonly type: 'file'; readonly secret: string }
  /** It is a plain key. */
  | { readonly type: 'key' }
  | { readonly type: 'broken'; readonly why: string };

const KEY: CredentialsFile = { type: 'key' };

/**
 * Recognises the files that the vendors' own tools write, and keeps of them only what authentication needs: a `token_uri`
 * in a file must not decide where a key is sent to. `why` names members, never values.
 */
export function readCredentialsFile(auth: ProviderAuth, text: string): CredentialsFile {
  const trimmed = text.trim();
  switch (auth.type) {
    case 'AwsSigV4':
      return trimmed.startsWith('{') ? readAwsProcess(trimmed) : readAwsProfile(trimmed);
    case 'GoogleServiceAccount':
      return trimmed.startsWith('{') ? pick(trimmed, 'a service account key', ['client_email', 'private_key'], ['private_key_id']) : KEY;
    case 'OAuthClientCredentials':
      return trimmed.startsWith('{') ? pick(trimmed, 'a set of client credentials', ['client_id', 'client_secret'], []) : KEY;
    default:
      return KEY;
  }
}

/** What `credential_process` programs print. */
function readAwsProcess(text: string): CredentialsFile {
  const file = parse(text);
  const [accessKeyId, secretAccessKey] = [textOf(file?.['AccessKeyId']), textOf(file?.['SecretAccessKey'])];
  if (accessKeyId === undefined || secretAccessKey === undefined) return broken('an AWS access key', 'AccessKeyId and SecretAccessKey');
  return awsFile(accessKeyId, secretAccessKey, textOf(file?.['SessionToken'], 4096));
}

/** `~/.aws/credentials`: the profile `default`, or the only one. */
function readAwsProfile(text: string): CredentialsFile {
  if (!/^\[|^aws_/m.test(text)) return KEY;
  const profiles = new Map<string, Map<string, string>>();
  let profile = new Map<string, string>();
  for (const line of text.split(/\r?\n/)) {
    const section = /^\s*\[\s*([^\]]*?)\s*\]/.exec(line)?.[1];
    const [name, ...value] = line.split('=');
    if (section !== undefined) {
      profile = new Map();
      profiles.set(section, profile);
    } else if (value.length > 0) {
      profile.set((name ?? '').trim().toLowerCase(), value.join('=').trim());
    }
  }
  const chosen = profiles.get('default') ?? (profiles.size > 1 ? new Map<string, string>() : profile);
  const [accessKeyId, secretAccessKey] = [textOf(chosen.get('aws_access_key_id')), textOf(chosen.get('aws_secret_access_key'))];
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    return broken('an AWS credentials file', 'aws_access_key_id and aws_secret_access_key in its profile `default`');
  }
  return awsFile(accessKeyId, secretAccessKey, textOf(chosen.get('aws_session_token'), 4096));
}

function awsFile(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined): CredentialsFile {
  const secret = JSON.stringify({ accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) });
  return { type: 'file', secret };
}

/** A PEM key has line breaks, so members are not held to one line. */
function pick(text: string, what: string, required: readonly string[], optional: readonly string[]): CredentialsFile {
  const file = parse(text);
  const usable = (name: string): boolean => typeof file?.[name] === 'string' && file[name] !== '' && file[name].length <= 8192;
  if (file === undefined || !required.every(usable)) return broken(what, required.join(' and '));
  const kept = [...required, ...optional].filter(usable).map((name): [string, unknown] => [name, file[name]]);
  return { type: 'file', secret: JSON.stringify(Object.fromEntries(kept)) };
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function broken(what: string, wanted: string): CredentialsFile {
  return { type: 'broken', why: `is not ${what}: it must be complete and hold ${wanted}` };
}
