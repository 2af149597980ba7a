import type { Loss } from '../wire/chat-call.ts';

/** Clients and proxies in between give up on headers of more than 8 KiB. */
const MAX_CHARACTERS = 2048;

/** Value of `x-headgate-loss`: field names may be anything that a caller wrote, a header may not. */
export function lossHeader(losses: readonly Loss[]): string {
  let value = '';
  for (const { field } of losses) {
    const name = field.replace(/[^\x21-\x7e]|,/g, '?');
    const separator = value === '' ? '' : ', ';
    if (value.length + name.length > MAX_CHARACTERS) return `${value}${separator}...`;
    value += separator + name;
  }
  return value;
}
