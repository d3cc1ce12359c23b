// Makes the build fit for a policy without inline scripts, and compresses it.
//
// SvelteKit starts the page by a script inside it. That script becomes a file named by its hash.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = '../dist/app';
const SHELL = join(FOLDER, 'index.html');
const COMPRESSED = /\.(html|js|css|json|svg|txt|webmanifest)$/;
/** Smaller files gain nothing. */
const COMPRESSED_BYTES_MIN = 512;

let shell = readFileSync(SHELL, 'utf8');
shell = shell.replace(/<script>([\s\S]*?)<\/script>/g, (_, script) => {
  const hash = createHash('sha256').update(script).digest('hex').slice(0, 12);
  const name = `_app/immutable/entry/boot.${hash}.js`;
  writeFileSync(join(FOLDER, name), script);
  return `<script src="/app/${name}"></script>`;
});
if (/<script(?![^>]* src=)|<style|\sstyle=|\son[a-z]+=/.test(shell)) throw new Error(`${SHELL} holds inline code`);
writeFileSync(SHELL, shell);

for (const entry of readdirSync(FOLDER, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath ?? entry.path, entry.name);
  if (!entry.isFile() || !COMPRESSED.test(entry.name)) continue;
  const plain = readFileSync(path);
  if (plain.length < COMPRESSED_BYTES_MIN) continue;
  writeFileSync(`${path}.gz`, gzipSync(plain, { level: 9 }));
  writeFileSync(`${path}.br`, brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
}
