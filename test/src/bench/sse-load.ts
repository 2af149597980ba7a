// Entry: N streams at once in a closed loop for a bounded time; prints one JSON line. Run pinned beside the mock.
import { request } from 'node:http';
import { quantile } from './figures.ts';

const [, , portText, streamsText, secondsText] = process.argv;
const port = Number(portText);
const streams = Number(streamsText);
const endsAt = performance.now() + Number(secondsText) * 1000;
const body = JSON.stringify({ model: 'bench', stream: true, messages: [{ role: 'user', content: 'x'.repeat(800) }] });
const headers = { 'content-type': 'application/json', authorization: 'Bearer bench-key', 'content-length': Buffer.byteLength(body) };

const ttftMs: number[] = [];
const gapMs: number[] = [];
let chunks = 0;
let finished = 0;
let broken = 0;
let lostFrames = 0;

/** One stream: 100 data events with content, then the end. */
function open(): Promise<void> {
  return new Promise((resolve) => {
    const startedAt = performance.now();
    let lastAt = 0;
    let seen = 0;
    let tail = '';
    const call = request({ port, host: '127.0.0.1', path: '/v1/chat/completions', method: 'POST', headers }, (response) => {
      response.on('data', (data: Buffer) => {
        const now = performance.now();
        if (lastAt === 0) ttftMs.push(now - startedAt);
        else if (chunks % 16 === 0) gapMs.push(now - lastAt);
        lastAt = now;
        const text = tail + data.toString('latin1');
        const events = text.split('"content":"word').length - 1;
        seen += events;
        chunks += events;
        // One character shorter than the marker, so that a marker cut by a read is counted once and never twice.
        tail = text.slice(-14);
      });
      response.on('end', () => {
        finished += 1;
        lostFrames += Math.max(0, 100 - seen);
        resolve();
      });
      response.on('error', () => {
        broken += 1;
        resolve();
      });
    });
    call.on('error', () => {
      broken += 1;
      resolve();
    });
    call.end(body);
  });
}

async function loop(): Promise<void> {
  while (performance.now() < endsAt) await open();
}

await Promise.all(Array.from({ length: streams }, loop));
process.stdout.write(
  `${JSON.stringify({ chunks, finished, broken, lostFrames, ttftP50Ms: quantile(ttftMs, 0.5), ttftP99Ms: quantile(ttftMs, 0.99), gapP99Ms: quantile(gapMs, 0.99) })}\n`,
);
