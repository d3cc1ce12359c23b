// Agents who write first: what their desks post, what leaves for the connector, and where the answer lands.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { call, line } from './hub.js';

const here = floor();

/** The desk of somebody new, who has been told how he stands: only then is he at work. */
async function atWork(firstName, more) {
  const desk = await here.present(firstName, more);
  await desk.next('agentPresence');
  return desk;
}

/** What a desk posts to write first. */
function outbound(desk, to, serviceIdentifier, { text = '', known = null, agentId = desk.user.id } = {}) {
  const additionalAttributes = [{ key: 'agentId', type: 'String100', value: agentId }];
  const header = {
    channelData: { channelCustomerIdentifier: to, serviceIdentifier, additionalAttributes },
    sender: { id: desk.user.id, senderName: desk.user.username, type: 'AGENT' },
    customer: known,
    intent: 'AGENT_OUTBOUND',
    timestamp: '',
  };
  const body = { type: 'PLAIN', markdownText: text };
  return { id: crypto.randomUUID(), header, body };
}

const post = (desk, body) =>
  call('POST', '/ccm/message/receive', { token: desk.user.tieline_session, body });

here.story('an agent opens a conversation on the default outbound channel and is answered in it', async () => {
  const of = await line(here.admin, here.webhook, { defaultOutbound: true });
  const lena = await atWork('Lena');
  const found = await call('GET', `/ccm/channels/defaultoutbound?channelTypeId=${of.channelType.id}`, {
    token: lena.user.tieline_session,
  });
  assert.equal(found.body.serviceIdentifier, of.serviceIdentifier);

  const writer = here.writer(of);
  const first = outbound(lena, writer.identifier, found.body.serviceIdentifier, { text: 'Ihr Paket ist da.' });
  const answer = await post(lena, first);
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { conversationId, customer: who } = answer.body.additionalDetails;
  assert.ok(who._id, 'a new customer has a profile');
  const again = await post(lena, first);
  assert.deepEqual(again.body, answer.body, 'the same request has one effect');

  const topic = await lena.next('onTopicData');
  demands.topic(topic);
  assert.equal(topic.conversationId, conversationId);
  assert.equal(topic.topicData.channelSession.channelSessionDirection, 'OUTBOUND');
  const active = await lena.event('TASK_STATE_CHANGED');
  assert.equal(active.cimEvent.data.task.activeMedia[0].type.direction, 'OUTBOUND');
  const delivered = await here.webhook.gets('Ihr Paket ist da.');
  assert.equal(delivered.id, first.id);
  assert.equal(delivered.header.channelData.channelCustomerIdentifier, writer.identifier);

  await lena.breaks(topic);
  await writer.says('Danke!');
  const said = await lena.event('CUSTOMER_MESSAGE');
  assert.equal(said.conversationId, conversationId);
  const offer = { ...topic, channelSession: topic.topicData.channelSession };
  lena.says(offer, 'Gern.');
  await here.webhook.gets('Gern.');

  const omar = await atWork('Omar');
  const taken = await post(omar, outbound(omar, writer.identifier, of.serviceIdentifier));
  assert.equal(taken.status, 409);
  assert.match(JSON.stringify(taken.body), new RegExp(`${lena.user.firstName} ${lena.user.lastName} is in a conversation`));
});

here.story('a known customer is written to by his id, and his agent writes on', async () => {
  const of = await line(here.admin, here.webhook);
  const lena = await atWork('Lena');
  const known = await here.admin.post('/cim-customer/customers', { firstName: 'Jonas Brandt' });
  const to = crypto.randomUUID();
  const answer = await post(lena, outbound(lena, to, of.serviceIdentifier, { known: { _id: known._id } }));
  assert.equal(answer.body.additionalDetails.customer._id, known._id);
  const topic = await lena.next('onTopicData');
  assert.equal(topic.topicData.customer.firstName, 'Jonas Brandt');
  await lena.breaks(topic);
  lena.says({ ...topic, channelSession: topic.topicData.channelSession }, 'Guten Tag');
  const delivered = await here.webhook.gets('Guten Tag');
  assert.equal(delivered.header.channelData.channelCustomerIdentifier, to);
  lena.leaves(topic);
});

here.story('who may not write first is told why', async () => {
  const of = await line(here.admin, here.webhook);
  const lena = await atWork('Lena');
  const to = crypto.randomUUID();
  const refused = async (desk, body, status, text) => {
    const answer = await post(desk, body);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.match(JSON.stringify(answer.body), text);
  };
  await refused(lena, outbound(lena, to, 'nowhere'), 404, /service identifier/);
  await refused(lena, outbound(lena, to, of.serviceIdentifier, { agentId: to }), 403, /own name/);
  const unknown = { _id: '66f2b3c4d4e5f60718294050' };
  await refused(lena, outbound(lena, to, of.serviceIdentifier, { known: unknown }), 404, /customer/);

  const byConnector = await call('POST', '/ccm/message/receive', {
    token: of.token,
    body: outbound(lena, to, of.serviceIdentifier),
  });
  assert.equal(byConnector.status, 403);

  const domains = await here.admin.get('/routing-engine/media-routing-domains');
  const none = domains.map(({ id }) => ({ mrdId: id, maxAgentTasks: 0 }));
  const zoe = await atWork('Zoe', { associatedMrds: none });
  await refused(zoe, outbound(zoe, to, of.serviceIdentifier), 409, /as much work as you may have: 0 of 0/);

  await lena.state('LOGOUT');
  lena.socket.close();
  await refused(lena, outbound(lena, to, of.serviceIdentifier), 409, /logged out/);
});
