// One customer's way through everything: a bot, a queue, an agent who does not answer, another who does, advice, a
// conference, a transfer, notes, and what is told of it when he comes back. Then the log of it all is read.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { call, line, queue, unique } from './hub.js';

const here = floor();

here.story('a chat through bot, queue, a missed ring, a second agent, advice, a conference, a transfer and wrap-up', async () => {
  const wrapUp = { enabled: true, seconds: 600 };
  const first = await queue(here.admin, { wrapUp });
  const billing = await queue(here.admin, { wrapUp });
  const bot = await here.admin.post('/bot-framework/bot-connectors', {
    botName: unique('door'),
    botType: 'BUILT_IN',
    greeting: 'Willkommen bei Nordlicht.',
    menu: {
      text: 'Worum geht es?',
      choices: [
        { title: 'Öffnungszeiten', action: 'SAY', text: 'Neun bis fünf.' },
        { title: 'Ein Mensch', action: 'FIND_AGENT' },
      ],
    },
  });
  const of = await line(here.admin, here.webhook, {
    ringSecs: 2,
    queue: first,
    config: { channelMode: 'HYBRID', botId: bot.botId },
  });
  const writer = here.writer(of);

  // The bot knows one thing, and hands over for the other.
  const asked = await writer.says('Guten Tag');
  await here.webhook.gets('Willkommen bei Nordlicht.');
  await writer.says('1');
  await here.webhook.gets('Neun bis fünf.');
  const lena = await here.present('Lena');
  await lena.state('READY');
  await writer.says('Ein Mensch');

  // Lena looks away.
  const missed = await lena.next('taskRequest');
  assert.equal((await lena.next('revokeTask')).conversationId, missed.conversationId);
  const chat = ({ mrd }) => mrd.name === 'CHAT';
  const switchedOff = ({ agentPresence: { state, agentMrdStates } }) =>
    state.name === 'READY' && agentMrdStates.find(chat).state === 'NOT_READY';
  demands.presence(await lena.next('agentPresence', switchedOff));

  const omar = await here.present('Omar');
  await omar.state('READY');
  const offer = await omar.next('taskRequest');
  demands.offer(offer);
  assert.equal(offer.conversationId, missed.conversationId);
  const topic = await omar.accept(offer);
  demands.topic(topic);
  assert.ok(topic.topicData.topicEvents.some(({ data }) => data.id === asked), 'what the bot was told is seen');
  omar.says(offer, 'Ich schaue in die Rechnung.');
  await here.webhook.gets('Ich schaue in die Rechnung.');

  // Mira advises, unseen by the customer, then both serve him.
  const mira = await here.present('Mira');
  await mira.state('READY');
  omar.asks('consultRequest', topic, mira.user, 'Kennst du den Tarif?');
  const advice = await mira.next('taskRequest');
  demands.topic(await mira.accept(advice));
  mira.whispers(advice, 'Der alte Tarif endet im Mai.');
  await omar.event('WHISPER_MESSAGE');
  omar.asks('consultConferenceRequest', topic, mira.user);
  demands.roleChange((await mira.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'PRIMARY');
  mira.says(offer, 'Ihr Tarif endet im Mai.');
  await here.webhook.gets('Ihr Tarif endet im Mai.');

  // A connection drops in the middle; nothing is missing afterwards.
  omar.socket.close();
  const missedByOmar = await writer.says('Und danach?');
  await mira.event('CUSTOMER_MESSAGE');
  const back = await here.connect(omar.user);
  const shown = await back.next('onTopicData');
  assert.ok(shown.topicData.topicEvents.some(({ data }) => data.id === missedByOmar));

  mira.leaves(advice);
  await mira.next('wrapupTimerStarted');
  mira.closesWrapUp(advice);
  demands.unsubscription(await mira.next('topicUnsubscription'), 'choosing leave without Wrap Up');

  // Billing decides: Nora is free, and takes over with the note.
  await mira.close();
  const nora = await here.present('Nora');
  await nora.state('READY');
  back.asks('directTransferRequest', shown, { queueName: billing.name }, 'Fragt nach dem neuen Tarif');
  demands.unsubscription(await back.next('topicUnsubscription'), 'CHAT TRANSFERRED');
  const passed = await nora.next('taskRequest');
  assert.equal(passed.note, 'Fragt nach dem neuen Tarif');
  demands.topic(await nora.accept(passed));
  nora.says(passed, 'Danach gilt der neue.');
  await here.webhook.gets('Danach gilt der neue.');

  await writer.leaves();
  assert.equal((await nora.next('wrapupTimerStarted')).duration, 600);
  nora.closesWrapUp(passed, {
    markdownText: '',
    type: 'WRAPUP',
    wrapups: [{ categoryName: 'Billing', value: 'Tariff' }],
    note: 'neuer Tarif ab Juni',
  });
  demands.unsubscription(await nora.next('topicUnsubscription'), 'Wrap Up applied');

  const { events } = await here.admin.get(`/conversation-manager/conversations/${offer.conversationId}/events?limit=1000`);
  const names = new Map([lena, omar, mira, nora].map(({ user }) => [user.username, user.firstName]));
  names.set(bot.botName, 'bot');
  assert.deepEqual(events.map(({ event }) => told(event, names)), WHAT_HAPPENED);

  // He comes back, and Nora is shown what was before.
  await writer.says('Noch eine Frage');
  await writer.says('Ein Mensch');
  const { topicData: today } = await nora.accept(await nora.next('taskRequest'));
  const path = `/conversation-manager/customer-topics/customer/${today.customer._id}/activities?limit=100`;
  const { status, body } = await call('GET', path, { token: nora.user.tieline_session });
  assert.equal(status, 200);
  const before = body.docs.filter(({ conversationId }) => conversationId !== today.id).reverse();
  assert.deepEqual(before.map((event) => told(event, names)), WHAT_HAPPENED);
  const notes = before.find(({ data }) => data?.body?.type === 'WRAPUP').data.body;
  assert.deepEqual([notes.wrapups[0].value, notes.note], ['Tariff', 'neuer Tarif ab Juni']);
});

/** One line of the log: what happened, by whom, and what it is about. */
function told({ name, eventEmitter, data }, names) {
  const who = names.get(eventEmitter.senderName) ?? (eventEmitter.type === 'SYSTEM' ? 'hub' : 'customer');
  const task = data?.task && [data.task.activeMedia.at(-1).type.direction, data.task.state.reasonCode, data.task.state.detail];
  const body = data?.body && (data.body.markdownText || data.body.type);
  const { role } = data?.agentParticipant ?? data?.conversationParticipant ?? {};
  return [who, name, ...(task ?? []), body, role, data?.reason].filter(Boolean).join(' ');
}

const WHAT_HAPPENED = [
  'hub BOT_SUBSCRIBED',
  'customer CHANNEL_SESSION_STARTED',
  'bot BOT_MESSAGE Willkommen bei Nordlicht.',
  'customer CUSTOMER_MESSAGE Guten Tag',
  'bot BOT_MESSAGE Worum geht es?\n1. Öffnungszeiten\n2. Ein Mensch',
  'customer CUSTOMER_MESSAGE 1',
  'bot BOT_MESSAGE Neun bis fünf.',
  'customer CUSTOMER_MESSAGE Ein Mensch',
  'bot BOT_MESSAGE One moment please, I am looking for somebody who can help you.',
  'hub TASK_ENQUEUED INBOUND',
  'hub AGENT_RESERVED INBOUND',
  'hub TASK_STATE_CHANGED INBOUND RONA',
  'hub TASK_ENQUEUED INBOUND',
  'hub AGENT_RESERVED INBOUND',
  'Omar AGENT_SUBSCRIBED PRIMARY',
  'hub TASK_STATE_CHANGED INBOUND',
  'Omar AGENT_MESSAGE Ich schaue in die Rechnung.',
  'hub TASK_ENQUEUED CONSULT',
  'hub AGENT_RESERVED CONSULT',
  'Mira AGENT_SUBSCRIBED ASSISTANT',
  'hub TASK_STATE_CHANGED CONSULT',
  'Mira WHISPER_MESSAGE Der alte Tarif endet im Mai.',
  'hub TASK_STATE_CHANGED CONSULT DONE',
  'hub TASK_STATE_CHANGED CONSULT_CONFERENCE',
  'Mira PARTICIPANT_ROLE_CHANGED PRIMARY',
  'Mira AGENT_MESSAGE Ihr Tarif endet im Mai.',
  'customer CUSTOMER_MESSAGE Und danach?',
  'Mira PARTICIPANT_ROLE_CHANGED WRAP_UP',
  'hub TASK_STATE_CHANGED CONSULT_CONFERENCE',
  'hub TASK_STATE_CHANGED CONSULT_CONFERENCE DONE WRAP_UP_NOT_APPLIED',
  'Mira AGENT_UNSUBSCRIBED WRAP_UP UNSUBSCRIBED',
  'hub TASK_ENQUEUED DIRECT_TRANSFER',
  'hub TASK_STATE_CHANGED INBOUND TRANSFERRED',
  'Omar AGENT_UNSUBSCRIBED PRIMARY DIRECT_TRANSFER',
  'hub AGENT_RESERVED DIRECT_TRANSFER',
  'Nora AGENT_SUBSCRIBED PRIMARY',
  'hub TASK_STATE_CHANGED DIRECT_TRANSFER',
  'Nora AGENT_MESSAGE Danach gilt der neue.',
  'hub CHANNEL_SESSION_ENDED',
  'Nora PARTICIPANT_ROLE_CHANGED WRAP_UP',
  'hub TASK_STATE_CHANGED DIRECT_TRANSFER',
  'hub CUSTOMER_LEFT',
  'Nora AGENT_MESSAGE WRAPUP',
  'hub TASK_STATE_CHANGED DIRECT_TRANSFER DONE WRAP_UP_APPLIED',
  'Nora AGENT_UNSUBSCRIBED WRAP_UP UNSUBSCRIBED',
  'hub BOT_UNSUBSCRIBED',
];
