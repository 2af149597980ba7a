import type { UpstreamDialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';
import { decodeAnswer, observeAnswer } from './decode-answer.ts';
import { encodeCall } from './encode-call.ts';
import { ReplicateStreamDecoder } from './stream-decoder.ts';

/**
 * Replicate's language models: predictions with a prompt, waited for. Text only. A prediction that is not done within
 * the minute that Replicate waits is given up there as well (`cancel-after`), and counts as a timeout here. Streams
 * have an address of their own at Replicate, so callers of streams get the whole answer at once.
 */
export const replicate: UpstreamDialect = {
  id: 'replicate',
  chatPath: '/predictions',
  upstreamPath: (model) => (hasPath(model) ? `/models/${model}/predictions` : '/predictions'),
  upstreamHeaders: [
    ['prefer', 'wait=60'],
    ['cancel-after', '1m'],
  ],
  usageOnRequest: false,
  encodeCall: (call, context) => encodeCall(call, context, hasPath(context.model)),
  decodeAnswer,
  observeAnswer,
  streamDecoder: () => new ReplicateStreamDecoder(),
  decodeError: decodeUpstreamError,
};

/** `owner/name` has an endpoint of its own; a version (`owner/name:version`, or its bare id) is named in the body. */
function hasPath(model: string): boolean {
  return /^[\w.-]+\/[\w.-]+$/.test(model);
}
