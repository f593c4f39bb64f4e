import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietPort } from './ports.js';
import { Program } from './program.js';

/** The directives that docs/scale.md has, over servers of this machine. */
const configuration = (port: number, apis: readonly number[]): string => `
worker_processes 1;
daemon off;
pid nginx.pid;
error_log stderr warn;
events { worker_connections 512; }
http {
  access_log off;
  client_body_temp_path body;
  proxy_temp_path proxy;
  fastcgi_temp_path fastcgi;
  uwsgi_temp_path uwsgi;
  scgi_temp_path scgi;
  upstream portus {
    ${apis.map((api) => `server 127.0.0.1:${api} max_fails=0;`).join('\n    ')}
    keepalive 16;
  }
  server {
    listen 127.0.0.1:${port};
    location / {
      proxy_pass http://portus;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_connect_timeout 2s;
      proxy_next_upstream error timeout;
    }
    location = /v2/token {
      proxy_pass http://portus;
      proxy_http_version 1.1;
      proxy_set_header Connection "";
      proxy_set_header Host $http_host;
      proxy_connect_timeout 2s;
      proxy_next_upstream error timeout http_502 http_503 non_idempotent;
    }
  }
}
`;

/** nginx before several replicas of the api. */
export class Nginx {
  private constructor(
    readonly url: string,
    private readonly program: Program,
    private readonly folder: string,
  ) {}

  static async start(apis: readonly number[]): Promise<Nginx> {
    const file = process.env['PORTUS_TEST_NGINX'];
    if (!file) throw new Error('PORTUS_TEST_NGINX does not name nginx');
    const folder = await mkdtemp(join(tmpdir(), 'portus-nginx-'));
    const port = await quietPort();
    const url = `http://127.0.0.1:${port}`;
    await writeFile(join(folder, 'nginx.conf'), configuration(port, apis));
    const isReady = async (): Promise<boolean> => (await fetch(`${url}/_ping`)).ok;
    const args = ['-p', folder, '-c', join(folder, 'nginx.conf'), '-e', 'stderr'];
    const program = new Program({ name: 'nginx', file, args, env: { PATH: process.env['PATH'] }, isReady });
    await program.start();
    return new Nginx(url, program, folder);
  }

  logs(): string {
    return this.program.logs();
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}
