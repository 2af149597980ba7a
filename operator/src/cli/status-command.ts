import { StartError } from './start-error.ts';
import { formatTable } from './table-text.ts';

const TIMEOUT_MS = 5_000;

/** `headgate status`: proxies and objects as tables, from GET /status of an operator's admin port. */
export async function runStatus(adminUrl: string): Promise<void> {
  const body = await fetchStatus(adminUrl);
  const proxies = recordsAt(body, 'proxies').map((proxy) => [
    textAt(proxy, 'proxyId'),
    textAt(proxy, 'state'),
    textAt(proxy, 'ackedRevision'),
    textAt(proxy, 'version'),
  ]);
  console.log(`revision ${textAt(body, 'revision')}${body['leader'] === true ? '' : ' (this replica does not lead)'}\n`);
  console.log(formatTable(['PROXY', 'STATE', 'REVISION', 'VERSION'], proxies));
  const objects = recordsAt(body, 'objects').map((item) => {
    const status = recordAt(item, 'status');
    const summary = recordAt(status, 'summary');
    const name = `${textAt(item, 'namespace')}/${textAt(item, 'name')}`;
    const ready = recordsAt(status, 'conditions').find((condition) => condition['type'] === 'Ready') ?? {};
    const why = ready['status'] === 'True' ? '' : textAt(ready, 'message');
    return [textAt(item, 'kind'), name, textAt(ready, 'status'), textAt(summary, 'programmed'), textAt(summary, 'successPercent'), why];
  });
  console.log(`\n${formatTable(['KIND', 'NAME', 'READY', 'PROGRAMMED', 'SUCCESS', 'MESSAGE'], objects)}`);
  for (const problem of recordsAt(recordAt(body, 'manifests'), 'problems')) {
    console.log(
      `\n${textAt(problem, 'file')}, document ${textAt(problem, 'document')}: ${textAt(problem, 'field')} ${textAt(problem, 'message')}`,
    );
  }
}

type JsonRecord = Readonly<Record<string, unknown>>;

async function fetchStatus(adminUrl: string): Promise<JsonRecord> {
  const url = URL.parse('/status', adminUrl);
  if (url === null) throw new StartError(`${adminUrl} is not a URL`);
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) throw new StartError(`${url.href} answered ${response.status}`);
    return asRecord(await response.json());
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`no operator answers at ${url.href}; is \`headgate dev\` running? (--admin names another address)`);
  }
}

function asRecord(value: unknown): JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

function recordAt(record: JsonRecord, name: string): JsonRecord {
  return asRecord(record[name]);
}

function recordsAt(record: JsonRecord, name: string): readonly JsonRecord[] {
  const list = record[name];
  return Array.isArray(list) ? list.map(asRecord) : [];
}

function textAt(record: JsonRecord, name: string): string {
  const value = record[name];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
