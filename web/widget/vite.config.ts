// Builds one script that brings everything along, and the page of the demo beside it.

import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { defineConfig } from 'vitest/config';
import { ar } from './src/words/ar.ts';
import { ur } from './src/words/ur.ts';

/** Other people's pages wait for it. */
const SCRIPT_BYTES_MAX = 40_000;
const FOLDER = '../dist/widget';
const PRESSED = /\.(js|css|html|svg|json)$/;
/** Fetched by those who speak them; English is in the script. */
const LANGUAGES = { ar, ur };

/**
 * The parts of the socket's library the widget has no use for, as what stands in for them: other ways to a hub than the
 * two that are taken, binary data, and reading addresses, which browsers do.
 */
const UNUSED: Record<string, string> = {
  'engine.io-client ./transports/index.js': `
    import { WS } from 'engine.io-client/build/esm/transports/websocket.js';
    import { Fetch } from 'engine.io-client/build/esm/transports/polling-fetch.js';
    export const transports = { websocket: WS, polling: Fetch };`,
  'engine.io-client ./contrib/parseuri.js': `
    export const parse = (uri) => {
      const { hostname, protocol, port } = new URL(uri);
      return { host: hostname.replace(/[[\\]]/g, ''), protocol: protocol.slice(0, -1), port };
    };`,
  'engine.io-client engine.io-parser': `
    const KINDS = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'];
    const SEPARATOR = '\\x1e';
    const written = ({ type, data = '' }) => KINDS.indexOf(type) + data;
    export const protocol = 4;
    export const encodePacket = (packet, binary, then) => then(written(packet));
    export const encodePayload = (packets, then) => then(packets.map(written).join(SEPARATOR));
    export const decodePacket = (text) => KINDS[text[0]] ? { type: KINDS[text[0]], data: text.slice(1) } : { type: 'error', data: 'parser error' };
    export const decodePayload = (text) => text.split(SEPARATOR).map((packet) => decodePacket(packet));`,
};

function withoutUnused(): Plugin {
  return {
    name: 'without-unused',
    enforce: 'pre',
    resolveId(source, importer) {
      // The library's front names all it has; its socket is in a file by itself.
      if (source === 'engine.io-client') return resolve('node_modules/engine.io-client/build/esm/socket.js');
      if (source.startsWith('engine.io-client/build/')) return resolve('node_modules', source);
      const library = importer?.match(/node_modules\/([^/]+)\/build/)?.[1];
      const key = `${library} ${source}`;
      return key in UNUSED ? `\0${key}` : null;
    },
    load: (id) => UNUSED[id.slice(1)] ?? null,
  };
}

/** The libraries mark what is nobody else's with an underscore; nothing of the wire is read that begins with one. */
const PRIVATE = /^_[a-z]/;

/** Leaves each language in a file of its own. */
function languages(): Plugin {
  return {
    name: 'languages',
    apply: 'build',
    generateBundle() {
      for (const [code, words] of Object.entries(LANGUAGES)) {
        this.emitFile({ type: 'asset', fileName: `languages/${code}.json`, source: JSON.stringify(words) });
      }
    },
  };
}

/** Leaves each file compressed beside itself, and refuses a script that has grown too large. */
function pressed(): Plugin {
  return {
    name: 'pressed',
    apply: 'build',
    closeBundle() {
      for (const name of readdirSync(FOLDER, { recursive: true, encoding: 'utf8' })) {
        if (!PRESSED.test(name)) continue;
        const path = join(FOLDER, name);
        const content = readFileSync(path);
        const gzipped = gzipSync(content, { level: 9 });
        writeFileSync(`${path}.gz`, gzipped);
        const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
        writeFileSync(`${path}.br`, brotliCompressSync(content, { params }));
        if (name === 'widget.js') {
          this.info(`widget.js has ${gzipped.length} bytes compressed, and may have ${SCRIPT_BYTES_MAX}`);
          if (gzipped.length > SCRIPT_BYTES_MAX) this.error('widget.js has grown too large');
        }
      }
    },
  };
}

export default defineConfig({
  plugins: [withoutUnused(), languages(), pressed()],
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  test: { include: ['test/*.test.ts'] },
  build: {
    target: 'es2022',
    outDir: FOLDER,
    emptyOutDir: true,
    minify: 'terser',
    terserOptions: { ecma: 2020, compress: { passes: 2 }, mangle: { properties: { regex: PRIVATE } } },
    // What nobody imports does nothing, in each of the libraries.
    rolldownOptions: { treeshake: { moduleSideEffects: false } },
    lib: { entry: 'src/main.ts', formats: ['iife'], name: 'TielineWidget', fileName: () => 'widget.js' },
  },
});
