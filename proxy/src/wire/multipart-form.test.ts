import { describe, expect, test } from '@jest/globals';
import { formBoundary, readMultipart } from './multipart-form.ts';

const part = (disposition: string, body: string): string => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n${body}\r\n`;
const read = (...parts: readonly string[]): ReturnType<typeof readMultipart> =>
  readMultipart(Buffer.from(`${parts.join('')}--b--\r\n`), 'b');

describe('formBoundary', () => {
  test.each([
    ['multipart/form-data; boundary=abc', 'abc'],
    ['Multipart/Form-Data; charset=utf-8; boundary="a b"', 'a b'],
    ['multipart/form-data', undefined],
    ['application/json', undefined],
    [undefined, undefined],
  ])('%s', (contentType, boundary) => {
    expect(formBoundary(contentType)).toBe(boundary);
  });
});

describe('readMultipart', () => {
  test('finds texts and where they are, and leaves files alone', () => {
    const file = part('name="file"; filename="a.mp3"', '\x00--b \r\n--c');
    const form = read(file, part('name="model"', 'whisper'), part('name=language', ''));
    if (form.type !== 'form') throw new Error(form.message);
    expect([...form.fields.keys()]).toEqual(['model', 'language']);
    const { text, range } = form.fields.get('model') ?? { text: '', range: { start: 0, end: 0 } };
    expect(text).toBe('whisper');
    expect(`${file}${part('name="model"', 'whisper')}`.slice(range.start, range.end)).toBe('whisper');
    expect(form.fields.get('language')?.text).toBe('');
  });

  test('refuses a second model, since two readers could choose differently', () => {
    expect(read(part('name="model"', 'a'), part('name="model"', 'b'))).toMatchObject({ type: 'invalid', param: 'model' });
  });

  test('refuses forms that are cut off or have no parts, at every length', () => {
    const whole = Buffer.from(`${part('name="model"', 'a')}--b--`);
    for (let length = 0; length < whole.length; length++) {
      expect([length, readMultipart(whole.subarray(0, length), 'b').type]).toEqual([length, 'invalid']);
    }
    expect(readMultipart(whole, 'b').type).toBe('form');
  });

  test('is total over bytes of any kind', () => {
    const whole = Buffer.from(`${part('name="model"', 'whisper')}${part('name="file"; filename="a"', 'x'.repeat(50))}--b--`);
    let state = 7;
    const random = (below: number): number => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((state / 4_294_967_296) * below);
    };
    for (let round = 0; round < 5000; round++) {
      const mutated = Buffer.from(whole);
      for (let i = 0; i < 1 + random(4); i++) mutated[random(mutated.length)] = random(256);
      expect(['form', 'invalid']).toContain(readMultipart(mutated.subarray(random(3), mutated.length - random(10)), 'b').type);
    }
  });
});
