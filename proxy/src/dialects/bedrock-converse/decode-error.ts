import type { FailureReason, UpstreamError } from '../../wire/failure.ts';
import type { UpstreamDialect } from '../dialect.ts';
import { decodeUpstreamError } from '../upstream-error/decode-error.ts';

/** Answers of Bedrock that mean something else than their status does elsewhere. */
export const decodeError: UpstreamDialect['decodeError'] = (status, header, body, nowMs) => {
  const error = decodeUpstreamError(status, header, body, nowMs);
  const reason = bedrockReason(error);
  return reason === undefined ? error : { ...error, reason };
};

function bedrockReason({ code, message, status }: UpstreamError): FailureReason | undefined {
  if (code === 'ServiceQuotaExceededException') return 'rate-limited';
  // The account cannot call the model by this name; an inference profile, or another target, can.
  if (status === 400 && /on-demand throughput/i.test(message)) return 'not-found';
  return undefined;
}
