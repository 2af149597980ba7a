import { expect, test } from '@jest/globals';
import { joinEndpoints, readEndpointSlice, readService } from './service-endpoints.ts';

const service = readService({
  metadata: { name: 'vllm', namespace: 'ns' },
  spec: {
    ipFamilies: ['IPv4', 'IPv6'],
    ports: [
      { name: 'http', port: 80, targetPort: 'web' },
      { name: 'metrics', port: 9090 },
    ],
  },
} as Parameters<typeof readService>[0]);

function slice(fields: object): ReturnType<typeof readEndpointSlice> {
  const metadata = { name: 's', namespace: 'ns', labels: { 'kubernetes.io/service-name': 'vllm' } };
  return readEndpointSlice({ metadata, addressType: 'IPv4', ports: [{ name: 'http', port: 8000 }], ...fields } as Parameters<
    typeof readEndpointSlice
  >[0]);
}

test('each ready address of a named port becomes one entry, sorted, with the port of the pods', () => {
  const endpoints = [
    { addresses: ['10.0.0.2'], conditions: { ready: true } },
    { addresses: ['10.0.0.1'], conditions: {} },
    { addresses: ['10.0.0.3'], conditions: { ready: false, serving: true, terminating: true } },
  ];
  expect(joinEndpoints(service, [slice({ endpoints }), slice({ endpoints })])).toEqual({
    ports: service.ports,
    ready: [
      { address: '10.0.0.1', servicePort: 80, port: 8000 },
      { address: '10.0.0.2', servicePort: 80, port: 8000 },
    ],
  });
});

test('a pod of a dual-stack cluster is one endpoint, not two', () => {
  const slices = [
    slice({ endpoints: [{ addresses: ['10.0.0.1'] }] }),
    slice({ addressType: 'IPv6', endpoints: [{ addresses: ['fd00::1'] }] }),
  ];
  expect(joinEndpoints(service, slices).ready.map(({ address }) => address)).toEqual(['10.0.0.1']);
});

test('a port without a name matches a slice port without a name, be it empty or absent', () => {
  const unnamed = readService({ metadata: { name: 'vllm' }, spec: { ports: [{ port: 80 }] } } as Parameters<typeof readService>[0]);
  const endpoints = [{ addresses: ['10.0.0.1'] }];
  for (const name of ['', null, undefined]) {
    expect(joinEndpoints(unnamed, [slice({ ports: [{ name, port: 8000 }], endpoints })]).ready).toHaveLength(1);
  }
});

test.each([
  {},
  { ports: null, endpoints: null },
  { endpoints: [null, {}, { addresses: [] }, { addresses: [5] }] },
  { ports: [{}], endpoints: 'x' },
])('a malformed slice (%j) has no endpoints and breaks nothing', (fields) => {
  expect(joinEndpoints(service, [slice(fields)]).ready).toEqual([]);
});
