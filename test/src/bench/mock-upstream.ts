// Entry: a provider that costs as little as possible. 1 KB JSON answers; SSE answers of 100 chunks, one per 20 ms.
import { createServer, type ServerResponse } from 'node:http';

const CHUNKS = 100;
const CHUNK_INTERVAL_MS = 20;

const answer = Buffer.from(
  JSON.stringify({
    id: 'chatcmpl-bench',
    object: 'chat.completion',
    created: 1,
    model: 'bench-model',
    choices: [{ index: 0, message: { role: 'assistant', content: 'x'.repeat(700) }, finish_reason: 'stop' }],
    usage: { prompt_tokens: 200, completion_tokens: 180, total_tokens: 380, prompt_tokens_details: { cached_tokens: 0 } },
  }),
);
const answerHead = ['content-type', 'application/json', 'content-length', String(answer.length)];

const chunk = (delta: object, finish: string | null): string =>
  `data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench-model', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const first = chunk({ role: 'assistant', content: 'word ' }, null);
const middle = chunk({ content: 'word ' }, null);
const last = `${chunk({}, 'stop')}data: ${JSON.stringify({ id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1, model: 'bench-model', choices: [], usage: { prompt_tokens: 200, completion_tokens: 100, total_tokens: 300 } })}\n\ndata: [DONE]\n\n`;

function stream(response: ServerResponse): void {
  response.writeHead(200, ['content-type', 'text/event-stream']);
  let sent = 0;
  const timer = setInterval(() => {
    response.write(sent === 0 ? first : middle);
    sent += 1;
    if (sent === CHUNKS) {
      clearInterval(timer);
      response.end(last);
    }
  }, CHUNK_INTERVAL_MS);
  response.on('close', () => clearInterval(timer));
}

const server = createServer({ noDelay: true, keepAliveTimeout: 75_000 }, (request, response) => {
  let streaming = false;
  request.on('data', (data: Buffer) => {
    streaming ||= data.includes('"stream":true');
  });
  request.on('end', () => {
    if (streaming) return stream(response);
    response.writeHead(200, answerHead);
    response.end(answer);
  });
});
server.listen(Number(process.argv[2]), '127.0.0.1');
