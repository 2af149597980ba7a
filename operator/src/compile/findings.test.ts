import { expect, test } from '@jest/globals';
import { Findings, quoted } from './findings.ts';

test('nothing to say is Accepted and ResolvedRefs', () => {
  const findings = new Findings();
  expect(findings.accepted()).toMatchObject({ status: 'True', reason: 'Accepted' });
  expect(findings.resolvedRefs()).toMatchObject({ status: 'True', reason: 'ResolvedRefs' });
});

test('what is worst decides the reason: invalid, unsupported, partial, note', () => {
  const findings = new Findings();
  findings.note('n');
  expect(findings.accepted()).toEqual({ status: 'True', reason: 'Accepted', message: 'n' });
  findings.partial('p');
  expect(findings.accepted()).toEqual({ status: 'True', reason: 'PartiallyValid', message: 'p; n' });
  findings.unsupported('u');
  expect(findings.accepted()).toEqual({ status: 'False', reason: 'UnsupportedValue', message: 'u' });
  findings.invalid('i');
  expect(findings.accepted()).toEqual({ status: 'False', reason: 'Invalid', message: 'i; u' });
});

test('the first reference that does not resolve gives the reason, all give the message', () => {
  const findings = new Findings();
  findings.unresolved('SecretNotFound', 'a');
  findings.unresolved('ServiceNotFound', 'b');
  expect(findings.resolvedRefs()).toEqual({ status: 'False', reason: 'SecretNotFound', message: 'a; b' });
});

test('messages are bounded, whatever the number of findings', () => {
  const findings = new Findings();
  for (let i = 0; i < 1000; i += 1) findings.partial(`finding ${i} ${'x'.repeat(1000)}`);
  expect(findings.accepted().message.length).toBeLessThanOrEqual(2048);
});

test('quoted text is short and on one line', () => {
  expect(quoted('a\r\nb`c')).toBe('`a??b?c`');
  expect(quoted('x'.repeat(1000)).length).toBeLessThan(90);
  expect(quoted({})).toBe('`?`');
});
