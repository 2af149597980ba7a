import { spawn } from 'node:child_process';

export interface CommandResult {
  /** Exit code; -1 when a signal or the time limit ended the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CommandOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
  /** Pass the command's stderr through as it comes: for commands that say what they are doing. */
  readonly showProgress?: boolean;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/** Runs a command to its end. Any exit code is a value; only a command that cannot be started throws. */
export function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<CommandResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      env: { ...process.env, ...options.env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    // Node's own time limit outlives a command that cannot be started.
    const overdue = setTimeout(() => child.kill(), options.timeoutMs ?? DEFAULT_TIMEOUT_MS);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (options.showProgress === true) process.stderr.write(chunk);
    });
    child.on('error', (error) => {
      clearTimeout(overdue);
      reject(error);
    });
    child.on('close', (code) => {
      clearTimeout(overdue);
      resolve({ code: code ?? -1, stdout, stderr });
    });
    child.stdin.on('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
