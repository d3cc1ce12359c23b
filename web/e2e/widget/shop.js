// Somebody's site, at another address than the hub's: its policy is strict, and its styles would spoil any widget they
// reached.

import { once } from 'node:events';
import { createServer } from 'node:http';

const STYLE = `
  * { font-size: 31px !important; color: magenta !important; letter-spacing: 9px; }
  button, input, textarea { display: none !important; }
  tieline-chat { position: absolute; opacity: 0; display: none; }
`;

const escaped = (text) => text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/** Serves pages whose query says with which attributes they embed the widget; `hostile` spoils their styles. */
export async function shop(hub) {
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url, 'http://shop');
    if (pathname === '/hostile.css') {
      response.setHeader('content-type', 'text/css');
      response.end(STYLE);
      return;
    }
    const given = [...searchParams].filter(([name]) => name.startsWith('data-'));
    const attributes = given.map(([name, value]) => `${name}="${escaped(value)}"`).join(' ');
    const style = searchParams.has('hostile') ? '<link rel="stylesheet" href="/hostile.css">' : '';
    const hubs = `${hub.url} ${hub.url.replace('http', 'ws')}`;
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader(
      'content-security-policy',
      `default-src 'none'; script-src ${hub.url}; style-src 'self'; img-src ${hub.url}; media-src ${hub.url}; connect-src ${hubs}; require-trusted-types-for 'script'`,
    );
    response.end(`<!doctype html><html lang="en"><head><title>A shop</title><meta name="viewport" content="width=device-width">${style}
      <script src="${hub.url}/widget.js" ${attributes} defer></script></head>
      <body><main><h1>A shop</h1><p>What it sells is not the point. <a href="#here">A link</a></p></main></body></html>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${server.address().port}`;
  const page = (attributes, more = {}) => {
    const given = Object.entries(attributes).map(([name, value]) => [`data-${name}`, value]);
    return `${url}/?${new URLSearchParams([...given, ...Object.entries(more)])}`;
  };
  return { page, close: () => server.close() };
}
