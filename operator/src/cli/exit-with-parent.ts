/**
 * Loaded into the processes that `headgate dev` starts (`node --import`). Their standard input is a pipe from it: when it
 * dies, however suddenly, the pipe closes and they die too, instead of holding the port for ever. At once: their output
 * has no reader any more, and a farewell that is written there might never end.
 */
process.stdin.resume();
process.stdin.once('close', () => process.kill(process.pid, 'SIGKILL'));
process.stdin.unref();

export {};
