import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOAD_CORE } from './measured-process.ts';

export interface UnaryLoad {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly errors: number;
}

/** Closed loop of POSTs with 64 keep-alive connections; bounded to `seconds`. */
export async function runWrk(options: {
  readonly folder: string;
  readonly port: number;
  readonly body: string;
  readonly seconds: number;
}): Promise<UnaryLoad> {
  const script = join(options.folder, 'post.lua');
  const bodyFile = join(options.folder, 'body.json');
  writeFileSync(bodyFile, options.body);
  writeFileSync(
    script,
    `local f = io.open("${bodyFile}", "rb"); wrk.body = f:read("*a"); f:close()
wrk.method = "POST"; wrk.headers["content-type"] = "application/json"; wrk.headers["authorization"] = "Bearer bench-key"
done = function(summary, latency)
  local bad = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  io.write(string.format("RESULT %d %f %f %f %d\\n", summary.requests, summary.requests / (summary.duration / 1e6), latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, bad))
end
`,
  );
  const url = `http://127.0.0.1:${options.port}/v1/chat/completions`;
  const output = await run(['taskset', '-c', LOAD_CORE, 'wrk', '-t1', '-c64', `-d${options.seconds}s`, '-s', script, url]);
  const [, requests, rate, p50, p99, errors] = /RESULT (\S+) (\S+) (\S+) (\S+) (\S+)/.exec(output) ?? [];
  if (requests === undefined) throw new Error(`wrk printed no result: ${output}`);
  return { requests: Number(requests), requestsPerSecond: Number(rate), p50Ms: Number(p50), p99Ms: Number(p99), errors: Number(errors) };
}

function run(command: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0] ?? '', command.slice(1), { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.once('error', reject);
    child.once('exit', () => resolve(output));
  });
}
