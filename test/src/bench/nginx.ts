import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GATEWAY_CORE, MeasuredProcess } from './measured-process.ts';

/** nginx as a plain reverse proxy: one worker, keep-alive upstream, no buffering. */
export function startNginx(folder: string, port: number, upstreamPort: number): MeasuredProcess {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'nginx.conf');
  writeFileSync(
    file,
    `worker_processes 1; daemon off; master_process off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
events { worker_connections 8192; }
http {
  access_log ${folder}/access.log; client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
  client_body_buffer_size 64k; client_max_body_size 64m; keepalive_requests 1000000; keepalive_timeout 75s;
  upstream mock { server 127.0.0.1:${upstreamPort}; keepalive 2048; keepalive_requests 1000000; }
  server { listen 127.0.0.1:${port}; location / { proxy_pass http://mock; proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffering off; } }
}
`,
  );
  return new MeasuredProcess(['nginx', '-c', file], GATEWAY_CORE);
}
