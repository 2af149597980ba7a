import type { Loss } from '../wire/chat-call.ts';
import { headerText } from './header-text.ts';

/** Clients and proxies in between give up on headers of more than 8 KiB. */
const MAX_CHARACTERS = 2048;

/** Value of `x-headgate-loss`: field names may be anything that a caller wrote, a header may not. */
export function lossHeader(losses: readonly Loss[]): string {
  let value = '';
  for (const { field } of losses) {
    const name = headerText(field).replaceAll(',', '%2C');
    const separator = value === '' ? '' : ', ';
    if (value.length + name.length > MAX_CHARACTERS) return `${value}${separator}...`;
    value += separator + name;
  }
  return value;
}
