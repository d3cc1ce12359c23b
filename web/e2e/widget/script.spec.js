// The script as sites load it.

import { expect, test } from './scene.js';

test('the script is compressed, kept for a while, and asked for again cheaply', async ({ hub }) => {
  const url = `${hub.url}/widget.js`;
  const first = await fetch(url, { headers: { 'accept-encoding': 'br, gzip' } });
  expect(first.headers.get('content-encoding')).toBe('br');
  expect(first.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
  expect(first.headers.get('cache-control')).toContain('max-age=300');
  expect(first.headers.get('access-control-allow-origin')).toBe('*');
  const again = await fetch(url, { headers: { 'if-none-match': first.headers.get('etag') } });
  expect(again.status).toBe(304);
  for (const [path, status] of [['/widget/ar.json', 200], ['/widget/xx.json', 404], ['/widget/..%2f..%2fapp%2findex.html', 404]]) {
    expect((await fetch(hub.url + path)).status, path).toBe(status);
  }
});
