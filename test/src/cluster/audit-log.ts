import { readFile } from 'node:fs/promises';

/** One write as the API server's audit log records it. */
export interface AuditEvent {
  readonly verb: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
  /** `status` for writes to the status subresource; empty otherwise. */
  readonly subresource: string;
  readonly user: string;
  readonly status: number;
  readonly atMs: number;
}

interface RawEvent {
  readonly stage: string;
  readonly verb: string;
  readonly user?: { readonly username?: string };
  readonly objectRef?: { readonly resource?: string; readonly namespace?: string; readonly name?: string; readonly subresource?: string };
  readonly responseStatus?: { readonly code?: number };
  readonly requestReceivedTimestamp: string;
}

export async function readAuditLog(path: string): Promise<readonly AuditEvent[]> {
  return parseAuditLog(await readFile(path, 'utf8'));
}

/** Completed requests only; a last line that is still being written is left out. */
export function parseAuditLog(text: string): readonly AuditEvent[] {
  const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
  return lines.flatMap((line) => {
    if (line === '') return [];
    const event = JSON.parse(line) as RawEvent;
    if (event.stage !== 'ResponseComplete') return [];
    return [
      {
        verb: event.verb,
        resource: event.objectRef?.resource ?? '',
        namespace: event.objectRef?.namespace ?? '',
        name: event.objectRef?.name ?? '',
        subresource: event.objectRef?.subresource ?? '',
        user: event.user?.username ?? '',
        status: event.responseStatus?.code ?? 0,
        atMs: Date.parse(event.requestReceivedTimestamp),
      },
    ];
  });
}
