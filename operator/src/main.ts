#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { runDev } from './cli/dev-command.ts';
import { type DevOptions, parsePort, parseProxyCount } from './cli/dev-options.ts';
import { runOperator } from './cli/operator-command.ts';
import { outliveReaders } from './cli/outlive-readers.ts';
import { StartError } from './cli/start-error.ts';
import { runStatus } from './cli/status-command.ts';

const version = String(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version);

function createProgram(): Command {
  const program = new Command('headgate').description('LLM routing on Kubernetes').version(version);
  program
    .command('operator')
    .description('run the operator against the API server; settings come from HEADGATE_* variables')
    .action(() => runOperator(process.env));
  program
    .command('dev')
    .description('run operator, proxies and simulated providers on this machine, from a folder of manifests')
    .option('--manifests <dir>', 'folder of manifests; without it ./.headgate/manifests, filled with a quick start on first use')
    .option('--proxies <n>', 'number of proxies; all of them share the data port', parseProxyCount, 2)
    .option('--port <port>', 'data port that callers use, shared by all proxies (SO_REUSEPORT)', parsePort, 8080)
    .option('--admin-port <port>', 'admin port of the operator (status, metrics); proxies take the following ones', parsePort, 9090)
    .option('--no-simulator', 'do not run simulated providers')
    .action((options: DevOptions) => runDev(options, process.env));
  program
    .command('status')
    .description('show proxies and objects of a running operator')
    .option('--admin <url>', 'address of its admin port', 'http://127.0.0.1:9090')
    .action((options: { readonly admin: string }) => runStatus(options.admin));
  program
    .command('version')
    .description('print the version')
    .action(() => {
      process.stdout.write(`${version}\n`);
    });
  return program;
}

outliveReaders(process.stdout, process.stderr);
try {
  await createProgram().parseAsync();
  process.exit(0);
} catch (error) {
  const text = error instanceof StartError ? error.message : error instanceof Error ? error.stack : String(error);
  process.stderr.write(`headgate: ${text}\n`);
  process.exit(1);
}
