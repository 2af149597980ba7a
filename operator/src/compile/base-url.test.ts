import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBaseUrl } from './base-url.ts';

const ALLOWED = ['10.0.0.0/8', 'vllm.ml.svc', '*.corp.example', '127.0.0.1', 'localhost', 'fd00::/8', '169.254.0.0/16', 'gpu'];

/** Reference: reliability.md 2.4 (SSRF from provider URL); every row is one vector that defeated a real filter. */
const VECTORS: readonly (readonly [url: string, verdict: 'public' | 'refused', allowed: 'public' | 'private' | 'refused'])[] = [
  ['https://api.openai.com/v1', 'public', 'public'],
  ['https://API.OpenAI.com./v1/', 'public', 'public'],
  ['http://8.8.8.8:8080', 'public', 'public'],
  ['https://[2606:4700::6810:84e5]/v1', 'public', 'public'],
  ['https://[64:ff9b::8.8.8.8]/', 'public', 'public'],
  ['https://xn--bcher-kva.example/v1', 'public', 'public'],
  ['https://bücher.example/v1', 'public', 'public'],
  ['http://127.0.0.1', 'refused', 'private'],
  ['http://127.0.0.1.', 'refused', 'private'],
  ['http://127.0.0.2', 'refused', 'refused'],
  ['http://127.1', 'refused', 'refused'],
  ['http://0177.0.0.1', 'refused', 'refused'],
  ['http://0x7f.0.0.1', 'refused', 'refused'],
  ['http://0x7f000001', 'refused', 'refused'],
  ['http://2130706433', 'refused', 'refused'],
  ['http://017700000001', 'refused', 'refused'],
  ['http://127.0.0.01', 'refused', 'refused'],
  ['http://0x8.0x8.0x8.0x8', 'refused', 'refused'],
  ['http://134744072', 'refused', 'refused'],
  ['http://１２７.０.０.１', 'refused', 'refused'],
  ['http://0.0.0.0', 'refused', 'refused'],
  ['http://0', 'refused', 'refused'],
  ['http://localhost', 'refused', 'private'],
  ['http://LOCALHOST.', 'refused', 'private'],
  ['http://foo.localhost', 'refused', 'refused'],
  ['http://localhost.localdomain', 'refused', 'refused'],
  ['http://ip6-localhost', 'refused', 'refused'],
  ['http://[::1]', 'refused', 'refused'],
  ['http://[0:0:0:0:0:0:0:1]', 'refused', 'refused'],
  ['http://[::]', 'refused', 'refused'],
  ['http://[::ffff:127.0.0.1]', 'refused', 'refused'],
  ['http://[::ffff:a9fe:a9fe]', 'refused', 'refused'],
  ['http://[::169.254.169.254]', 'refused', 'refused'],
  ['http://[64:ff9b::a9fe:a9fe]', 'refused', 'refused'],
  ['http://[64:ff9b::10.0.0.1]', 'refused', 'refused'],
  ['http://[64:ff9b:1::8.8.8.8]', 'refused', 'refused'],
  ['http://[2002:a9fe:a9fe::]', 'refused', 'refused'],
  ['http://[2002:7f00:1::]', 'refused', 'refused'],
  ['http://[2001:0:4136:e378:8000:63bf:3fff:fdd2]', 'refused', 'refused'],
  ['http://[fe80::1]', 'refused', 'refused'],
  ['http://[fe81::1]', 'refused', 'refused'],
  ['http://[fec0::1]', 'refused', 'refused'],
  ['http://[fc00::1]', 'refused', 'refused'],
  ['http://[fd00::1]', 'refused', 'private'],
  ['http://[fd00:ec2::254]', 'refused', 'refused'],
  ['http://[ff02::1]', 'refused', 'refused'],
  ['http://169.254.169.254/latest/meta-data', 'refused', 'refused'],
  ['http://169.254.169.254.', 'refused', 'refused'],
  ['http://169.254.7.7', 'refused', 'refused'],
  ['http://0xa9fea9fe', 'refused', 'refused'],
  ['http://2852039166', 'refused', 'refused'],
  ['http://0251.0376.0251.0376', 'refused', 'refused'],
  ['http://100.100.100.200', 'refused', 'refused'],
  ['http://168.63.129.16', 'refused', 'refused'],
  ['http://192.0.0.192', 'refused', 'refused'],
  ['http://metadata', 'refused', 'refused'],
  ['http://metadata.google.internal', 'refused', 'refused'],
  ['http://METADATA.google.internal.', 'refused', 'refused'],
  ['http://metadata.goog', 'refused', 'refused'],
  ['http://instance-data.ec2.internal', 'refused', 'refused'],
  ['http://10.0.0.1:8000/v1', 'refused', 'private'],
  ['http://172.16.0.1', 'refused', 'refused'],
  ['http://192.168.1.1', 'refused', 'refused'],
  ['http://100.64.0.1', 'refused', 'refused'],
  ['http://198.18.0.1', 'refused', 'refused'],
  ['http://224.0.0.1', 'refused', 'refused'],
  ['http://255.255.255.255', 'refused', 'refused'],
  ['http://kubernetes', 'refused', 'refused'],
  ['http://gpu:8000/v1', 'refused', 'private'],
  ['http://kubernetes.default.svc', 'refused', 'refused'],
  ['http://vllm.ml.svc:8000', 'refused', 'private'],
  ['http://vllm.ml.svc.cluster.local:8000', 'refused', 'refused'],
  ['http://kubernetes.default.svc.example', 'refused', 'refused'],
  ['http://host.docker.internal', 'refused', 'refused'],
  ['http://printer.local', 'refused', 'refused'],
  ['https://llm.corp.example', 'public', 'public'],
  ['http://user@api.example.com', 'refused', 'refused'],
  ['http://user:pass@api.example.com', 'refused', 'refused'],
  ['http://api.example.com@169.254.169.254', 'refused', 'refused'],
  ['http://api.example.com\\@169.254.169.254', 'refused', 'refused'],
  ['http://169.254.169.254#@api.example.com', 'refused', 'refused'],
  ['http://api.example.com?x=1', 'refused', 'refused'],
  ['http://api.example.com/v1#f', 'refused', 'refused'],
  ['http://api.exam\tple.com', 'refused', 'refused'],
  ['http://api.example.com/\r\nx: y', 'refused', 'refused'],
  [' http://api.example.com', 'refused', 'refused'],
  ['http:/api.example.com', 'refused', 'refused'],
  ['http:api.example.com', 'refused', 'refused'],
  ['http:///api.example.com', 'refused', 'refused'],
  ['//api.example.com', 'refused', 'refused'],
  ['ftp://api.example.com', 'refused', 'refused'],
  ['file:///etc/passwd', 'refused', 'refused'],
  ['javascript:alert(1)', 'refused', 'refused'],
  ['http://', 'refused', 'refused'],
  ['http://:8080', 'refused', 'refused'],
  ['http://api.example.com:0', 'refused', 'refused'],
  ['http://api.example.com:99999', 'refused', 'refused'],
  ['http://api.example.com%2f@evil', 'refused', 'refused'],
  ['http://[::1', 'refused', 'refused'],
  ['', 'refused', 'refused'],
];

describe('the SSRF table', () => {
  test('has at least 60 vectors', () => expect(VECTORS.length).toBeGreaterThanOrEqual(60));

  test.each(VECTORS)('%j is %s, and %s with an allow-list', (text, verdict, allowed) => {
    expect(outcome(text, [])).toBe(verdict);
    expect(outcome(text, ALLOWED)).toBe(allowed);
  });
});

describe('parseBaseUrl', () => {
  test('splits a URL in origin, host and path prefix', () => {
    expect(parseBaseUrl('https://LLM.example.com:8443/openai/v1//', [])).toEqual({
      type: 'usable',
      origin: 'https://llm.example.com:8443',
      host: 'llm.example.com',
      basePath: '/openai/v1',
      privateAddressesAllowed: false,
    });
  });

  test('leaves the default port and the root path out', () => {
    expect(parseBaseUrl('https://api.example.com:443/', [])).toMatchObject({ origin: 'https://api.example.com', basePath: '' });
  });

  test('keeps dot segments from climbing', () => {
    expect(parseBaseUrl('https://api.example.com/v1/%2e%2e/../admin', [])).toMatchObject({ basePath: '/admin' });
  });

  test('brackets an IPv6 host in the origin only', () => {
    expect(parseBaseUrl('http://[FD00:0::1]:8000/v1', ['fd00::/8'])).toMatchObject({ origin: 'http://[fd00::1]:8000', host: 'fd00::1' });
  });

  test('never throws', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.webUrl(), fc.ipV6()),
        fc.array(fc.string()),
        (text, allowed) => void parseBaseUrl(text, allowed),
      ),
    );
  });
});

function outcome(text: string, allowed: readonly string[]): string {
  const parsed = parseBaseUrl(text, allowed);
  return parsed.type === 'refused' ? 'refused' : parsed.privateAddressesAllowed ? 'private' : 'public';
}
