// A connector's webhook: takes what the hub delivers and checks that it is the hub's.

import assert from 'node:assert/strict';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { waiting } from './waiting.js';

/** A receiver on this machine; whoever registers a connector that delivers here adds its secret. */
export async function receiver() {
  const { put, next, all } = waiting();
  const secrets = [];
  const self = { trust: (secret) => secrets.push(secret), all, next };
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks);
      try {
        verify(secrets, request.headers, body);
        response.writeHead(200).end();
        if (request.url.endsWith('/message/receive')) {
          put('message', { message: JSON.parse(body), headers: request.headers });
        }
      } catch (error) {
        response.writeHead(401).end(String(error));
        put('forged', error);
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  self.url = `http://127.0.0.1:${server.address().port}`;
  self.close = () => {
    server.closeAllConnections();
    server.close();
  };
  /** The next delivered message whose notice, receipt or text is this. */
  self.gets = async (what) => {
    const { message } = await next('message', ({ message: { body } }) =>
      [body.notificationType, body.status, body.markdownText].includes(what));
    return message;
  };
  return self;
}

/** Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`. */
function verify(secrets, headers, body) {
  assert.ok(secrets.length, 'delivered before the connector had a secret');
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = headers;
  assert.ok(Math.abs(Date.now() / 1000 - Number(at)) < 300, 'the timestamp is not of now');
  const expected = secrets.map((secret) => {
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    return createHmac('sha256', key).update(`${id}.${at}.`).update(body).digest();
  });
  const matches = (signature) => {
    const given = Buffer.from(signature.replace(/^v1,/, ''), 'base64');
    return expected.some((one) => given.length === one.length && timingSafeEqual(given, one));
  };
  assert.ok(signatures.split(' ').some(matches), 'the signature is not the hub\'s');
}
