// What desks ask that they may not or cannot mean: each is answered in words, and the conversation goes on.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { call, line, queue, unique } from './hub.js';
import { floor } from './floor.js';

const here = floor();
const NOBODY = '0'.repeat(24);

/** A customer whose chat lena has taken. */
async function serving(more = {}) {
  const of = await line(here.admin, here.webhook, { queue: await queue(here.admin), ...more });
  const lena = await here.ready('Lena');
  const writer = here.writer(of);
  await writer.says('Hallo?');
  const offer = await lena.next('taskRequest');
  const topic = await lena.accept(offer);
  return { of, lena, writer, offer, topic };
}

/** The next refusal of this request. */
async function refusal(desk, task) {
  const refused = await desk.next('errors', (error) => error.task === task);
  assert.ok(refused.msg.length > 10, `${task}: ${refused.msg}`);
  return refused;
}

/** Lena's words still reach the customer, and nobody else's have. */
async function goesOn(lena, offer) {
  lena.says(offer, 'Weiter geht es.');
  const { header } = await here.webhook.gets('Weiter geht es.');
  assert.equal(header.sender.id, lena.user.id);
  const said = here.webhook.all('message').filter(({ message }) => message.header.sender.type === 'AGENT' && message.body.type === 'PLAIN');
  assert.equal(said.length, 1);
}

here.story('who is not in a conversation can neither speak in it nor touch it', async () => {
  const { lena, offer, topic } = await serving();
  const omar = await here.ready('Omar');
  const nora = await here.ready('Nora');
  const emits = (task, data) => () => omar.socket.emit(task, { conversationId: offer.conversationId, ...data });
  const note = { markdownText: '', type: 'WRAPUP', wrapups: [{ categoryName: 'Technical', value: 'Other' }], note: '' };
  for (const [task, does] of [
    ['publishCimEvent', () => omar.says(offer, 'Ich war nie dort.')],
    ['publishCimEvent', () => omar.whispers(offer, 'Ich auch nicht.')],
    ['publishCimEvent', () => omar.types(offer)],
    ['publishCimEvent', () => omar.publish(offer, 'AGENT_MESSAGE', 'MESSAGE', note)],
    ['publishCimEvent', () => omar.signals(offer, 'HAND_RAISED', {})],
    ['publishCimEvent', () => omar.signals(offer, 'RESET_AGENT_SLA', {})],
    ['topicSubscription', () => omar.takes(offer)],
    ['declineTask', () => omar.declines(offer)],
    ['topicUnsubscription', () => omar.leaves(offer)],
    ['closeWrapup', () => omar.closesWrapUp(offer)],
    ['closeWrapup', () => omar.closesWrapUp(offer, note)],
    ['pauseConversation', () => omar.does('pauseConversation', offer, { duration: 60, state: 'ON_HOLD' })],
    ['resumeConversation', () => omar.does('resumeConversation', offer)],
    ['JoinAsBargin', () => omar.does('JoinAsBargin', offer)],
    ['joinAsWhisper', () => omar.does('joinAsWhisper', offer)],
    ['JoinAsSilentMonitor', emits('JoinAsSilentMonitor', { agentId: omar.user.id, channelSession: offer.channelSession })],
    ...['directTransferRequest', 'directConferenceRequest', 'consultRequest', 'consultConferenceRequest'].map((task) => [
      task,
      () => omar.asks(task, topic, nora.user),
    ]),
    ['consultTransferRequest', () => omar.yields(topic, nora.user)],
    ['changeAgentState', emits('changeAgentState', { agentId: lena.user.id, action: 'agentState', state: { name: 'LOGOUT' } })],
  ]) {
    does();
    await refusal(omar, task);
  }
  await omar.breaks();
  assert.deepEqual(omar.all('onTopicData'), []);
  assert.deepEqual(lena.all('errors'), []);
  await goesOn(lena, offer);
});

here.story('two who take the same offer: one has it, the other is told, and taking it twice is once', async () => {
  const of = await line(here.admin, here.webhook, { queue: await queue(here.admin) });
  const lena = await here.ready('Lena');
  await here.writer(of).says('Hallo?');
  const offer = await lena.next('taskRequest');
  const omar = await here.ready('Omar');

  omar.takes(offer);
  lena.takes(offer);
  lena.takes(offer);
  assert.match((await refusal(omar, 'topicSubscription')).msg, /no longer offered to you/);
  assert.equal((await omar.next('revokeTask')).conversationId, offer.conversationId);
  const ofIt = ({ conversationId }) => conversationId === offer.conversationId;
  await lena.next('onTopicData', ofIt);
  const { topicData } = await lena.next('onTopicData', ofIt);
  const seated = topicData.participants.filter(({ type }) => type === 'AGENT');
  assert.deepEqual(seated.map(({ participant }) => participant.id), [lena.user.id]);
  await lena.breaks(offer);
  await goesOn(lena, offer);
});

here.story('a former offer of what rings anew is refused, and what rings goes on ringing', async () => {
  const of = await line(here.admin, here.webhook, { queue: await queue(here.admin) });
  const lena = await here.ready('Lena');
  await here.writer(of).says('Hallo?');
  const former = await lena.next('taskRequest');
  lena.declines(former);
  await lena.next('revokeTask');
  const [{ mrd }] = (await lena.state('READY')).agentPresence.agentMrdStates.filter(({ mrd }) => mrd.name === 'CHAT');
  lena.socket.emit('changeAgentState', { agentId: lena.user.id, action: 'agentMRDState', state: 'READY', mrdId: mrd.id });
  const present = await lena.next('taskRequest');
  assert.equal(present.conversationId, former.conversationId);
  assert.notEqual(present.taskId, former.taskId);

  lena.takes(former);
  await refusal(lena, 'topicSubscription');
  lena.declines(former);
  await refusal(lena, 'declineTask');
  assert.equal(lena.all('revokeTask').length, 1, 'only the one that was declined');
  demands.topic(await lena.accept(present));
  await lena.breaks(present);
  await goesOn(lena, present);
});

here.story('what is too long is refused', async () => {
  const { lena, offer, topic, writer } = await serving();
  const omar = await here.ready('Omar');
  const id = lena.says(offer, 'ä'.repeat(33_000));
  const refused = await refusal(lena, 'publishCimEvent');
  assert.equal(refused.messageId, id);
  assert.match(refused.msg, /markdownText: has 66000 bytes, and 65536 are allowed/);
  lena.whispers(offer, 'x'.repeat(65_537));
  await refusal(lena, 'publishCimEvent');
  lena.asks('consultRequest', topic, omar.user, 'x'.repeat(1_001));
  assert.match((await refusal(lena, 'consultRequest')).msg, /1000 characters/);
  lena.declines({ ...offer }, 'x'.repeat(501));
  assert.match((await refusal(lena, 'declineTask')).msg, /500 bytes/);

  // No packet is larger than a mebibyte: the line breaks, and comes back with everything.
  lena.socket.emit('publishCimEvent', { cimEvent: 'x'.repeat(2 ** 21), conversationId: offer.conversationId });
  await lena.next('disconnect');
  await writer.says('Sind Sie noch da?');
  const { topicData } = await lena.next('onTopicData');
  assert.ok(topicData.topicEvents.length > 0);
  await goesOn(lena, offer);
});

here.story('a transfer to whom nobody knows is refused, and the agent keeps his customer', async () => {
  const { lena, offer, topic } = await serving();
  const mail = await queue(here.admin, {}, 'CISCO CC');
  for (const task of ['directTransferRequest', 'directConferenceRequest', 'consultRequest']) {
    for (const [whom, words] of [
      [{ queueName: unique('nowhere') }, /there is no queue/],
      [{ queueName: mail.name }, /another media routing domain/],
      [{ id: NOBODY }, /there is no agent/],
      [{ id: 'somebody' }, /requestedAgentId/],
    ]) {
      lena.asks(task, topic, whom);
      assert.match((await refusal(lena, task)).msg, words);
    }
  }
  await lena.breaks(offer);
  const { channelSession, topicParticipant: agentParticipant } = topic.topicData;
  for (const wish of [{}, { mode: 'queue' }, { mode: 'telepathy', queueName: 'x' }, { mode: 'agent', requestedAgentId: null }]) {
    lena.socket.emit('directTransferRequest', { channelSession, agentParticipant, ...wish });
    await refusal(lena, 'directTransferRequest');
  }
  await goesOn(lena, offer);
});

here.story('what cannot be read is answered under its name', async () => {
  const { lena, offer } = await serving();
  const tasks = [
    'changeAgentState', 'topicSubscription', 'declineTask', 'topicUnsubscription', 'publishCimEvent', 'closeWrapup',
    'pauseConversation', 'resumeConversation', 'directTransferRequest', 'directConferenceRequest', 'consultRequest',
    'consultTransferRequest', 'consultConferenceRequest', 'JoinAsSilentMonitor', 'joinAsWhisper', 'JoinAsBargin',
    'subscribePullModeList', 'unsubscribePullModeList', 'joinPullModeRequest', 'deletePullModeRequest',
  ];
  const deep = (levels) => JSON.parse(`${'{"conversationId":'.repeat(levels)}7${'}'.repeat(levels)}`);
  const odd = { conversationId: deep(3), taskId: [], agentId: {}, action: 7, state: [], cimEvent: 7, listId: {} };
  for (const task of tasks) {
    for (const payload of [null, 7, 'words', [], {}, Buffer.from([1, 2, 3]), deep(100), deep(1_000), odd]) {
      lena.socket.emit(task, payload);
      await refusal(lena, task);
    }
  }
  await lena.breaks(offer);
  await goesOn(lena, offer);
});

here.story('an agent ends no chat that is not his, and changes nothing where nothing can be changed', async () => {
  const { of, lena, offer, writer } = await serving();
  const omar = await here.ready('Omar');
  const posts = (desk, path, header, text = '') => {
    const channelData = { channelCustomerIdentifier: writer.identifier, serviceIdentifier: of.serviceIdentifier };
    const sender = { id: desk.user.id, senderName: desk.user.username, type: 'AGENT' };
    const body = { type: 'PLAIN', markdownText: text };
    const message = { id: crypto.randomUUID(), header: { sender, channelData, ...header }, body };
    return call('POST', path, { token: desk.user.tieline_session, body: message });
  };
  const ends = (desk) => posts(desk, '/ccm/message/receive', { intent: 'END_CHAT' });
  const foreign = await ends(omar);
  assert.equal(foreign.status, 403, JSON.stringify(foreign.body));
  const edits = (header) => posts(lena, '/ccm/message/send', { intent: 'UPDATE', ...header }, 'Neu.');
  assert.equal((await edits({ originalMessageId: 'm1' })).status, 409);
  assert.equal((await edits({})).status, 400);
  await lena.breaks(offer);
  await goesOn(lena, offer);
  assert.equal((await ends(lena)).status, 200);
  await lena.event('CHANNEL_SESSION_ENDED');
});
