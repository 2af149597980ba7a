/**
 * Headers of a request to a provider that speaks the caller's dialect: the connection's own, with those of the caller's
 * that belong to the dialect (e.g. `anthropic-beta`) added or in place of defaults. Nothing is copied when there are none.
 * @param own flat [name, value, ...], names in lower case
 * @param rawHeaders the caller's, as node:http gives them
 * @param forwarded names in lower case
 */
export function upstreamHeaders(own: readonly string[], rawHeaders: readonly string[], forwarded: readonly string[]): readonly string[] {
  let headers: string[] | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const name = forwarded.find((wanted) => wanted.length === rawHeaders[i]?.length && wanted === rawHeaders[i]?.toLowerCase());
    const value = rawHeaders[i + 1];
    if (name === undefined || value === undefined) continue;
    const at = indexOfName(own, name);
    if (at >= 0 && own[at + 1] === value) continue;
    headers ??= [...own];
    if (at >= 0) headers[at + 1] = value;
    else headers.push(name, value);
  }
  return headers ?? own;
}

function indexOfName(headers: readonly string[], name: string): number {
  for (let i = 0; i < headers.length; i += 2) if (headers[i] === name) return i;
  return -1;
}
