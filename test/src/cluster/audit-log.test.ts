import { expect, test } from '@jest/globals';
import { parseAuditLog } from './audit-log.ts';

const LINE = JSON.stringify({
  stage: 'ResponseComplete',
  verb: 'patch',
  user: { username: 'system:serviceaccount:headgate:headgate-operator' },
  objectRef: { resource: 'modelproviders', namespace: 'team', name: 'openai', subresource: 'status' },
  responseStatus: { code: 200 },
  requestReceivedTimestamp: '2026-11-30T20:00:00.500000Z',
});

test('completed writes are read, a line still being written is left for later', () => {
  const panic = LINE.replace('ResponseComplete', 'Panic');
  expect(parseAuditLog(`${LINE}\n${panic}\n${LINE.slice(0, 40)}`)).toEqual([
    {
      verb: 'patch',
      resource: 'modelproviders',
      namespace: 'team',
      name: 'openai',
      subresource: 'status',
      user: 'system:serviceaccount:headgate:headgate-operator',
      status: 200,
      atMs: Date.parse('2026-11-30T20:00:00.500Z'),
    },
  ]);
});
