import type { VendorQuirks } from '@headgate/crds';
import type { ReceivedCall } from '../accept/parse-call.ts';
import type { OperationFormat } from '../operations/operation.ts';
import type { Loss } from '../wire/chat-call.ts';
import type { MultipartForm } from '../wire/multipart-form.ts';
import { spliceBody } from '../wire/splice-body.ts';

export type SideBody =
  | { readonly type: 'ok'; readonly bytes: Buffer; readonly losses: readonly Loss[] }
  /** This vendor cannot take the call; another may. */
  | { readonly type: 'refused'; readonly message: string; readonly param?: string };

const NO_LOSSES: readonly Loss[] = [];

/** The body of a call beside chat: the caller's bytes with the provider's name for the model, or the vendor's own spelling. */
export function buildSideBody(call: ReceivedCall, format: OperationFormat, model: string, quirks: VendorQuirks): SideBody {
  const { bytes, form, scan, body } = call;
  if (form !== undefined) return { type: 'ok', bytes: withModel(bytes, form, model), losses: NO_LOSSES };
  const added = Object.fromEntries((quirks.addedFields ?? []).map(({ name, value }) => [name, value]));
  const encoded = format.encodeCall?.(body, model);
  if (encoded?.type === 'refused') return encoded;
  if (encoded !== undefined) return { ...encoded, bytes: Buffer.from(JSON.stringify({ ...encoded.body, ...added })) };
  if (quirks.addedFields !== undefined)
    return { type: 'ok', bytes: Buffer.from(JSON.stringify({ ...body, model, ...added })), losses: NO_LOSSES };
  const spliced = spliceBody(bytes, scan, { model });
  return { type: 'ok', bytes: Buffer.concat(spliced.pieces, spliced.byteLength), losses: NO_LOSSES };
}

/** The form with the model's name replaced, or put in as its first part. */
function withModel(bytes: Buffer, form: MultipartForm, model: string): Buffer {
  const range = form.fields.get('model')?.range;
  if (range !== undefined) return Buffer.concat([bytes.subarray(0, range.start), Buffer.from(model), bytes.subarray(range.end)]);
  const part = `--${form.boundary}\r\ncontent-disposition: form-data; name="model"\r\n\r\n${model}\r\n`;
  return Buffer.concat([bytes.subarray(0, form.start), Buffer.from(part), bytes.subarray(form.start)]);
}
