import { expect, test } from '@jest/globals';
import { callerError } from '../../wire/caller-error.ts';
import { encodeError } from './encode-error.ts';

test('a thread that a target cannot continue is told so that the SDK sends the whole conversation', () => {
  const told = encodeError(callerError('lossy_translation', 'no', { param: 'thread' }), 'r1');
  expect(told).toEqual({
    type: 'error',
    error: {
      type: 'invalid_request_error',
      message: 'no',
      details: { error_code: 'thread_unsupported_request', unsupported: ['thread'] },
    },
    request_id: 'r1',
  });
  expect(encodeError(callerError('invalid_json', 'no'), 'r1')).toEqual({
    type: 'error',
    error: { type: 'invalid_request_error', message: 'no' },
    request_id: 'r1',
  });
});
