/**
 * Loaded into the processes that `headgate dev` starts (`node --import`). Their standard input is a pipe from it: when it
 * dies, however suddenly, the pipe closes and they end too, instead of holding the port for ever.
 */
process.stdin.resume();
process.stdin.once('close', () => process.kill(process.pid, 'SIGTERM'));
if ('unref' in process.stdin && typeof process.stdin.unref === 'function') process.stdin.unref();

export {};
