// A hub of its own for the tests: the real binary in a fresh folder. It can be killed and started again on its folder.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const BINARY = process.env.TIELINE_BIN ?? new URL('../../../target/debug/tieline', import.meta.url).pathname;
const ADMIN = { name: 'ada', password: 'a very long password' };

export class Hub {
  #folder;
  #process;
  /** 0 until it is known which one is free. */
  #port = 0;
  #log = '';
  url;

  /** A running hub; `stop` it. */
  static async start() {
    const hub = new Hub();
    hub.#folder = await mkdtemp(join(tmpdir(), 'tieline-widget-'));
    await hub.#configure();
    const made = spawn(BINARY, ['--config', hub.#config, 'user', ADMIN.name, '--role', 'admin'], { stdio: ['pipe', 'ignore', 'inherit'] });
    made.stdin.end(ADMIN.password);
    const [code] = await once(made, 'exit');
    if (code !== 0) throw new Error(`the administrator could not be made: ${code}`);
    await hub.serve();
    // What the agents' side is played with reads these.
    Object.assign(process.env, { TIELINE_URL: hub.url, TIELINE_ADMIN: ADMIN.name, TIELINE_PASSWORD: ADMIN.password });
    return hub;
  }

  get #config() {
    return join(this.#folder, 'tieline.toml');
  }

  async #configure() {
    const at = (name) => JSON.stringify(join(this.#folder, name));
    await writeFile(
      this.#config,
      `listen.address = "127.0.0.1:${this.#port}"
       store.path = ${at('tieline.db')}
       keys.master_key_file = ${at('master.key')}
       files.path = ${at('files')}
       auth.login_attempts_per_minute = 1000
       web.requests_per_second = 1000
       web.requests_burst = 1000
       web.demo_page = true
      `,
    );
  }

  async serve() {
    this.#process = spawn(BINARY, ['--config', this.#config, 'serve'], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process.stderr.on('data', (part) => (this.#log += part));
    for await (const line of createInterface({ input: this.#process.stdout })) {
      const url = line.split('listens on ')[1];
      if (!url) continue;
      this.#process.stdout.resume();
      this.url = url.trim();
      this.#port = new URL(this.url).port;
      await this.#configure();
      return;
    }
    throw new Error(`the hub ended before it listened: ${this.#log}`);
  }

  async kill(signal = 'SIGKILL') {
    const ended = once(this.#process, 'exit');
    this.#process.kill(signal);
    await ended;
  }

  async stop() {
    await this.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
