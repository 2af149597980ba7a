/**
 * Calls a Service with the OpenAI SDK from where it runs: `client.mjs chat MODEL` prints the answer; `client.mjs streams
 * MODEL COUNT SECONDS` keeps COUNT streams going for so long, then prints how they ended as one line of JSON.
 * Environment: OPENAI_BASE_URL; OPENAI_API_KEY when the policy asks for one, otherwise no key is sent.
 */
import OpenAI from 'openai';
import { runStreams } from './stream-load.ts';

const [mode, model = 'assistant', count = '10', seconds = '10'] = process.argv.slice(2);
// No retries of its own: what the caller would see is what is counted.
const apiKey = process.env['OPENAI_API_KEY'];
const client = new OpenAI({
  apiKey: apiKey ?? 'none',
  maxRetries: 0,
  // The SDK insists on a key; a header of null is how it is told to send none.
  ...(apiKey === undefined ? { defaultHeaders: { authorization: null } } : {}),
});
const messages = [{ role: 'user' as const, content: 'Are you there?' }];

if (mode === 'chat') {
  const answer = await client.chat.completions.create({ model, messages });
  console.log(answer.choices[0]?.message.content);
} else if (mode === 'streams') {
  const stream = async (): Promise<AsyncIterable<OpenAI.ChatCompletionChunk>> =>
    client.chat.completions.create({ model, messages, stream: true });
  const report = await runStreams(stream, Number(count), Date.now() + Number(seconds) * 1000, Date.now);
  console.log(JSON.stringify(report));
} else {
  console.error('usage: client.mjs chat MODEL | client.mjs streams MODEL COUNT SECONDS');
  process.exit(2);
}
