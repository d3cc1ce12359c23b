// A contact centre for stories at the desk: people, a channel, customers who write, and what reaches them.

import { createServer } from 'node:http';
import { once } from 'node:events';

const PASSWORD = 'a long password of theirs';
/** By this attribute a connector says that messages can be changed on its channels. */
const CHANGES = 'EDIT_MESSAGE_SUPPORT_DM';
let made = 0;
const unique = (what) => `${what}-${(made += 1)}`;

/** The world around a hub's desks. */
export async function floor(hub) {
  const admin = await hub.admin();
  // Who is still ready from the floor before is offered nobody of this one.
  const skill = await admin.post('/routing-engine/routing-attributes', { name: unique('Floor'), type: 'PROFICIENCY_LEVEL', defaultValue: 1 });
  const delivered = [];
  const writers = [];
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const asked = JSON.parse(Buffer.concat(chunks));
      if (request.url === '/bot') {
        const replies = floor.bot(asked);
        response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(replies));
        return;
      }
      response.writeHead(floor.answers).end();
      if (floor.answers === 200 && request.url.endsWith('/message/receive')) delivered.push(asked);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = () => `http://127.0.0.1:${server.address().port}`;
  const floor = {
    admin,
    delivered,
    /** What the connector answers deliveries with. */
    answers: 200,
    /** What a bot answers a question with. */
    bot: () => [],
    /** Texts that reached a customer, of agents. */
    texts: () => delivered.filter(({ header, body }) => header.sender.type === 'AGENT' && body.type === 'PLAIN').map(({ body }) => body.markdownText),
    person: (firstName, more) => person(admin, firstName, { associatedRoutingAttributes: [{ routingAttribute: skill, value: 5 }], ...more }),
    queue: (more) => queue(admin, skill, more),
    list: () => admin.post('/unified-admin/pull-mode-list', { name: unique('Call backs'), description: '' }),
    /** The id of a bot that answers as `bot` says. */
    botId: async () => (await admin.post('/bot-framework/bot-connectors', { botName: unique('Guru'), botType: 'CUSTOM', botUri: `${url()}/bot` })).botId,
    line: async ({ withBot = false, ...more } = {}) => {
      const botId = withBot ? await floor.botId() : null;
      const { queue, customer } = await line(hub, admin, url(), { botId, ...more, of: more.of ?? (await floor.queue()) });
      const counted = (name) => {
        const writer = customer(name);
        writers.push(writer);
        return writer;
      };
      return { queue, customer: counted };
    },
    close: async () => {
      // Nobody is left waiting for the agents of the next story.
      await Promise.all(writers.map((writer) => writer.leaves()));
      server.closeAllConnections();
      server.close();
    },
  };
  return floor;
}

async function person(admin, firstName, { roles = ['agent'], ...more } = {}) {
  const username = unique(firstName.toLowerCase());
  const user = await admin.post('/unified-admin/users', { username, password: PASSWORD, firstName, lastName: '', roles, ...more });
  return { id: user.id, username, password: PASSWORD };
}

/** A queue for those who have the skill. */
async function queue(admin, skill, { domain = 'CHAT', ...more } = {}) {
  const mrd = (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === domain);
  const term = { routingAttribute: skill, relationalOperator: '>=', value: 5, logicalOperator: null };
  const steps = [{ timeout: 600, expressions: [{ terms: [term] }] }];
  return admin.post('/routing-engine/precision-queues', { name: unique('Billing'), mrd, serviceLevelType: 1, serviceLevelThreshold: 30, steps, ...more });
}

/** The five steps of registering a channel. */
async function line(hub, admin, url, { of, ringSecs = 30, list = null, botId = null }) {
  const typeName = unique('WEBTEST');
  const channelType = await admin.post('/ccm/channel-types', { name: typeName, channelLogo: '_WEB.svg', isInteractive: true, mediaRoutingDomain: of.mrd.id });
  const provider = await admin.post('/ccm/channel-provider-interfaces', {
    name: unique('Provider'), supportedChannelTypes: [channelType], providerWebhook: url,
    channelProviderConfigSchema: [{ key: CHANGES, label: 'Changes messages', valueType: 'Boolean' }],
  });
  const connector = await admin.post('/ccm/channel-connectors', {
    name: unique('Connector'), channelProviderInterface: provider, channelProviderConfigs: [{ key: CHANGES, type: 'Boolean', value: true }],
  });
  const serviceIdentifier = unique('service');
  await admin.post('/ccm/channels', {
    name: 'Support chat ' + made,
    serviceIdentifier,
    channelType,
    channelConnector: connector,
    channelConfig: {
      channelMode: botId ? 'HYBRID' : 'AGENT', botId, responseSla: ringSecs, customerActivityTimeout: 600,
      routingPolicy: {
        agentSelectionPolicy: 'LONGEST_AVAILABLE', routingMode: list ? 'PULL' : 'PUSH', routingObjectId: (list ?? of).id, agentRequestTtl: 600,
      },
    },
  });
  await admin.post('/cim-customer/customerSchema', {
    key: typeName.replaceAll('-', '').toLowerCase(), label: typeName, type: 'string', length: 100, isChannelIdentifier: true, channelTypes: [typeName], sortOrder: 50,
  });
  return { queue: of, customer: (name) => customer(hub, connector.credentials.token, serviceIdentifier, name) };
}

/** Somebody who writes. */
function customer(hub, token, serviceIdentifier, name = 'Jonas Brandt') {
  const [customerFirstName, customerLastName] = name.split(' ');
  const channelCustomerIdentifier = unique('+49 30 900');
  const post = async (body, intent = null, more = {}) => {
    const id = crypto.randomUUID();
    const header = {
      sender: { id: '460df46c-adf9-11ed-afa1-0242ac120002', type: 'CONNECTOR', senderName: 'CONNECTOR' },
      channelData: { channelCustomerIdentifier, serviceIdentifier, requestPriority: 0, customerFirstName, customerLastName, additionalAttributes: [] },
      intent,
      timestamp: Date.now(),
      ...more,
    };
    const answer = await fetch(`${hub.url}/ccm/message/receive`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify({ id, header, body }),
    });
    if (answer.status >= 300) throw new Error(`${answer.status} ${await answer.text()}`);
    return id;
  };
  return {
    post,
    says: (markdownText) => post({ type: 'PLAIN', markdownText }),
    types: () => post({ type: 'NOTIFICATION', notificationType: 'TYPING_STARTED', markdownText: '' }),
    leaves: () => post({ type: 'PLAIN', markdownText: '' }, 'END_CHAT'),
    reports: (messageId, status) => post({ type: 'DELIVERYNOTIFICATION', messageId, status, markdownText: '', reasonCode: '200' }),
  };
}
