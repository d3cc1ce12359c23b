// The hub as its administrator and its connectors see it.

const base = needed('TIELINE_URL');

export const socketUrl = base;

export function needed(name) {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set; see README.md`);
  return value;
}

/** Calls the hub and gives status and JSON. */
export async function call(method, path, { token, cookie, body } = {}) {
  const headers = { 'content-type': 'application/json' };
  if (token) headers.authorization = `Bearer ${token}`;
  if (cookie) headers.cookie = cookie;
  const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text ? JSON.parse(text) : null };
}

/** An administrator's way of calling: anything but success is an error. */
export async function administrator() {
  const body = { username: needed('TIELINE_ADMIN'), password: needed('TIELINE_PASSWORD') };
  const { token } = (await succeed('POST', '/auth/login', { body })).body;
  const act = async (method, path, body) => (await succeed(method, path, { token, body })).body;
  return { get: (path) => act('GET', path), post: (path, body) => act('POST', path, body), put: (path, body) => act('PUT', path, body) };
}

async function succeed(method, path, options) {
  const answer = await call(method, path, options);
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer;
}

async function domainCalled(admin, domain) {
  return (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === domain);
}

/** A further queue. */
export async function queue(admin, members = {}, domain = 'CHAT') {
  const mrd = await domainCalled(admin, domain);
  const name = unique('queue');
  const plain = { name, mrd, serviceLevelType: 1, serviceLevelThreshold: 30, steps: [] };
  return admin.post('/routing-engine/precision-queues', { ...plain, ...members });
}

let made = 0;

/** A name nobody else has. */
export function unique(what) {
  made += 1;
  return `${what}-${process.pid}-${Date.now() % 1e6}-${made}`;
}

/** Makes an account with a password, and gives both. */
export async function person(admin, { roles = ['agent'], firstName = 'Lena', lastName = 'Vogt', ...more } = {}) {
  const username = unique('lena');
  const password = 'a long password';
  const user = await admin.post('/unified-admin/users', {
    username,
    password,
    firstName,
    lastName,
    roles,
    ...more,
  });
  return { id: user.id, username, password };
}

/** The five steps of registering a channel, for a connector that receives at `webhook`. */
export async function line(admin, webhook, { ringSecs = 30, domain = 'CHAT', queue = null, routing = {}, config = {}, ...more } = {}) {
  const mrd = await domainCalled(admin, domain);
  queue ??= (await admin.get('/routing-engine/precision-queues'))[0];
  const channelType = await admin.post('/ccm/channel-types', {
    name: unique('TEST').toUpperCase(),
    channelLogo: '_WEB.svg',
    isInteractive: true,
    mediaRoutingDomain: mrd.id,
  });
  const provider = await admin.post('/ccm/channel-provider-interfaces', {
    name: unique('provider'),
    supportedChannelTypes: [channelType],
    providerWebhook: webhook.url,
    channelProviderConfigSchema: [],
  });
  const connector = await admin.post('/ccm/channel-connectors', {
    name: unique('connector'),
    channelProviderInterface: provider,
    channelProviderConfigs: [],
  });
  const { token, signingSecret } = connector.credentials;
  webhook.trust(signingSecret);
  const serviceIdentifier = unique('service');
  await admin.post('/ccm/channels', {
    name: unique('channel'),
    serviceIdentifier,
    channelType,
    channelConnector: connector,
    channelConfig: {
      channelMode: 'AGENT',
      responseSla: ringSecs,
      customerActivityTimeout: 300,
      routingPolicy: {
        agentSelectionPolicy: 'LONGEST_AVAILABLE',
        routingMode: 'PUSH',
        routingObjectId: queue.id,
        agentRequestTtl: 600,
        ...routing,
      },
      ...config,
    },
    ...more,
  });
  const label = unique('address');
  await admin.post('/cim-customer/customerSchema', {
    key: label.replaceAll('-', ''),
    label,
    type: 'string',
    length: 100,
    isChannelIdentifier: true,
    channelTypes: [channelType.name],
    sortOrder: 50,
  });
  return { serviceIdentifier, token, channelType };
}

/** Does something where these settings of a section are in force. */
export async function where(admin, section, members, told) {
  const path = '/unified-admin/general-settings';
  const [{ id, [section]: before }] = await admin.get(path);
  await admin.put(`${path}/${id}`, { [section]: { ...before, ...members } });
  try {
    return await told();
  } finally {
    await admin.put(`${path}/${id}`, { [section]: before });
  }
}

/** A pull list. */
export const list = (admin, members = {}) =>
  admin.post('/unified-admin/pull-mode-list', { name: unique('list'), ...members });

/** Somebody who writes on a line. */
export function customer(of, { priority = 0 } = {}) {
  const channelCustomerIdentifier = unique('customer');
  const post = async (body, intent = null) => {
    const id = crypto.randomUUID();
    const header = {
      sender: { id: '460df46c-adf9-11ed-afa1-0242ac120002', type: 'CONNECTOR', senderName: 'TEST_CONNECTOR' },
      channelData: {
        channelCustomerIdentifier,
        serviceIdentifier: of.serviceIdentifier,
        requestPriority: priority,
        additionalAttributes: [{ key: 'locale', type: 'String100', value: 'de' }],
      },
      intent,
      timestamp: Date.now(),
    };
    await succeed('POST', '/ccm/message/receive', { token: of.token, body: { id, header, body } });
    return id;
  };
  return {
    identifier: channelCustomerIdentifier,
    says: (text) => post({ type: 'PLAIN', markdownText: text }),
    types: () => post({ type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' }),
    leaves: () => post({ type: 'PLAIN', markdownText: '' }, 'END_CHAT'),
  };
}
