// A provider of OpenID Connect for the tests: a certified one, with its own pages to sign in at.

import { once } from 'node:events';
import { createServer } from 'node:http';
import Provider from 'oidc-provider';

/** A port nobody listens on. */
export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** A running provider that knows one client; `people` are what it tells of whoever signs in, by the name he types. */
export async function startProvider({ client, secret, callback, people }) {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients: [{ client_id: client, client_secret: secret, redirect_uris: [callback] }],
    claims: { profile: ['preferred_username', 'given_name', 'family_name'], groups: ['groups'] },
    pkce: { required: () => true },
    findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, ...people[id] }) }),
    cookies: { keys: ['for tests'] },
  });
  server.on('request', provider.callback());
  return {
    issuer,
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}
