import { expect, test } from './screen.js';

test('pages come with a strict policy, and files that never change are kept', async ({ hub }) => {
  const shell = await fetch(`${hub.url}/app/some/place`);
  expect(shell.status).toBe(200);
  const policy = shell.headers.get('content-security-policy');
  for (const part of ["default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
    expect(policy).toContain(part);
  }
  expect(policy).not.toContain("script-src 'self' ");
  expect(policy).not.toContain('unsafe-eval');
  expect(shell.headers.get('x-content-type-options')).toBe('nosniff');
  expect(shell.headers.get('referrer-policy')).toBe('no-referrer');
  expect(shell.headers.get('cache-control')).toBe('no-cache');
  const html = await shell.text();
  expect(html).not.toMatch(/<script(?![^>]* src=)/);

  const script = /src="(\/app\/_app\/immutable\/[^"]+)"/.exec(html)[1];
  const file = await fetch(hub.url + script, { headers: { 'accept-encoding': 'gzip' } });
  expect(file.headers.get('cache-control')).toContain('immutable');
  const etag = shell.headers.get('etag');
  const again = await fetch(`${hub.url}/app`, { headers: { 'if-none-match': etag } });
  expect(again.status).toBe(304);
  expect((await fetch(`${hub.url}/app/_app/immutable/gone.js`)).status).toBe(404);
});
