// A hub of its own for the tests: the real binary in a fresh folder, on a free port. It can be killed and started again
// on its folder.

import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { once } from 'node:events';

const BINARY = process.env.TIELINE_BIN ?? new URL('../../target/debug/tieline', import.meta.url).pathname;

export const ADMIN = { username: 'ada', password: 'a very long password' };

/** A running hub, with more options if need be; `stop` it. */
export async function startHub({ address = '127.0.0.1:0', more = '' } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'tieline-e2e-'));
  const config = join(folder, 'tieline.toml');
  const at = (name) => JSON.stringify(join(folder, name));
  await writeFile(
    config,
    `listen.address = "${address}"
     store.path = ${at('tieline.db')}
     keys.master_key_file = ${at('master.key')}
     files.path = ${at('files')}
     delivery.allow_addresses = ["127.0.0.0/8"]
     auth.login_attempts_per_minute = 1000
     web.requests_per_second = 1000
     web.requests_burst = 1000
     web.demo_page = true
     ${more}
    `,
  );
  const made = spawn(BINARY, ['--config', config, 'user', ADMIN.username, '--role', 'admin'], { stdio: ['pipe', 'ignore', 'inherit'] });
  made.stdin.end(ADMIN.password);
  const [code] = await once(made, 'exit');
  if (code !== 0) throw new Error(`the administrator could not be made: ${code}`);
  const hub = new Hub(folder, config);
  await hub.serve();
  // What plays the socket's other side reads these.
  Object.assign(process.env, { TIELINE_URL: hub.url, TIELINE_ADMIN: ADMIN.username, TIELINE_PASSWORD: ADMIN.password });
  return hub;
}

class Hub {
  #process;
  #folder;
  #config;
  log = '';

  constructor(folder, config) {
    this.#folder = folder;
    this.#config = config;
  }

  async serve() {
    this.#process = spawn(BINARY, ['--config', this.#config, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (part) => (this.log += part));
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const url = line.split('listens on ')[1];
      if (url) {
        this.url = url.trim();
        await this.#settle();
        this.#process.stdout.resume();
        return;
      }
    }
    throw new Error(`the hub ended before it listened: ${this.log}`);
  }

  /** Whoever knows the address finds the hub there again after a restart. */
  async #settle() {
    const written = await readFile(this.#config, 'utf8');
    await writeFile(this.#config, written.replace(/listen\.address = "[^"]+"/, `listen.address = "${new URL(this.url).host}"`));
  }

  /** An administrator's way of calling: anything but success is an error. */
  async admin() {
    const { token } = await this.#call('POST', '/auth/login', { body: ADMIN });
    const act = (method) => (path, body) => this.#call(method, path, { token, body });
    return { get: act('GET'), post: act('POST'), put: act('PUT'), delete: act('DELETE') };
  }

  async #call(method, path, { token, body } = {}) {
    const headers = { 'content-type': 'application/json' };
    if (token) headers.authorization = `Bearer ${token}`;
    const answer = await fetch(this.url + path, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  /** Has the process end. What it has answered stays. */
  async halt(signal = 'SIGTERM') {
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  async stop() {
    await this.halt('SIGKILL');
    await rm(this.#folder, { recursive: true, force: true });
  }
}
