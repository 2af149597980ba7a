import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { LOAD_CORE } from './measured-process.ts';

export interface StreamLoad {
  readonly chunks: number;
  readonly finished: number;
  readonly broken: number;
  readonly lostFrames: number;
  readonly ttftP50Ms: number;
  readonly ttftP99Ms: number;
  readonly gapP99Ms: number;
}

/** Runs sse-load in a process of its own beside the mock. */
export function runStreams(port: number, streams: number, seconds: number): Promise<StreamLoad> {
  const entry = join(import.meta.dirname, 'sse-load.js');
  return new Promise((resolve, reject) => {
    const child = spawn('taskset', ['-c', LOAD_CORE, process.execPath, entry, String(port), String(streams), String(seconds)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (data: Buffer) => {
      output += data.toString();
    });
    child.once('error', reject);
    child.once('exit', () => resolve(JSON.parse(output) as StreamLoad));
  });
}
