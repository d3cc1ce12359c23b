// Agents who help each other, and supervisors who help agents: what their desks ask, and what they are told.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { call, line, queue, unique, where } from './hub.js';

const here = floor();

/** A customer whose chat an agent has taken, on a queue of its own settings. */
async function serving(settings = {}) {
  const of = await line(here.admin, here.webhook, { queue: await queue(here.admin, settings) });
  const lena = await here.ready('Lena');
  return { of, lena, ...(await taken(of, lena)) };
}

/** A chat the desk has taken and is shown again after its line broke. */
async function taken(of, desk) {
  const { writer, offer } = await accepted(of, desk);
  // Whatever follows from the agent's coming was told before this.
  await writer.says('Hören Sie?');
  await desk.event('CUSTOMER_MESSAGE');
  const [topic] = await desk.breaks(offer);
  demands.topic(topic);
  return { writer, offer, topic };
}

async function accepted(of, desk) {
  const writer = here.writer(of);
  await writer.says('Mein Router startet dauernd neu.');
  const offer = await desk.next('taskRequest');
  const topic = await desk.accept(offer);
  await desk.event('AGENT_SUBSCRIBED');
  return { writer, offer, topic };
}

/** The same agent's desk, connected anew. */
async function again(desk) {
  const back = await here.connect(desk.user);
  await desk.next('socketSessionRemoved');
  desk.socket.close();
  const topic = await back.next('onTopicData');
  demands.topic(topic);
  return { back, topic };
}

here.story('a transfer to a queue: the agent goes at once, the next one is told who asked', async () => {
  const { lena, topic, offer } = await serving();
  const omar = await here.ready('Omar');
  const queueName = topic.topicData.topicEvents.find(({ name }) => name === 'AGENT_RESERVED').data.task.activeMedia[0].queue.name;
  lena.asks('directTransferRequest', topic, { queueName }, 'Kunde fragt nach Rechnung');
  const queued = await lena.event('TASK_ENQUEUED');
  demands.event(queued.cimEvent);
  const [media] = queued.cimEvent.data.task.activeMedia;
  assert.deepEqual([media.type.direction, media.type.mode, media.type.metadata.requestedBy], ['DIRECT_TRANSFER', 'QUEUE', lena.user.username]);
  const placed = await lena.next('agentAssistanceRequestPlaced');
  assert.deepEqual(placed, { requestAction: 'transfer', mode: 'queue' });
  demands.unsubscription(await lena.next('topicUnsubscription'), 'CHAT TRANSFERRED');
  await omar.next('taskRequest');
  await omar.breaks();
  const rung = await omar.next('taskRequest');
  demands.offer(rung);
  assert.equal(rung.taskDirection, 'DIRECT_TRANSFER');
  assert.equal(rung.requestedBy, lena.user.username);
  assert.equal(rung.note, 'Kunde fragt nach Rechnung');
  demands.topic(await omar.accept(rung));
  assert.equal((await here.webhook.gets('AGENT_UNSUBSCRIBED')).header.sender.senderName, lena.user.username);
  omar.says(rung, 'Ich übernehme.');
  await here.webhook.gets('Ich übernehme.');
  assert.equal(rung.conversationId, offer.conversationId);
});

here.story('a transfer to an agent who is not ready is refused, and the chat goes on; ready, he is rung', async () => {
  const { lena, topic, offer } = await serving();
  const omar = await here.ready('Omar');
  omar.socket.emit('changeAgentState', {
    agentId: omar.user.id,
    action: 'agentState',
    state: { name: 'NOT_READY', reasonCode: (await here.admin.get('/unified-admin/reasons'))[0] },
  });
  await omar.next('agentPresence', ({ agentPresence }) => agentPresence.state.reasonCode?.name);
  lena.asks('directTransferRequest', topic, omar.user);
  const refused = await lena.next('errors');
  assert.equal(refused.task, 'directTransferRequest');
  assert.match(refused.msg, /is not ready/);
  lena.says(offer, 'Ich bleibe bei Ihnen.');
  await here.webhook.gets('Ich bleibe bei Ihnen.');
  await omar.state('READY');
  lena.asks('directTransferRequest', topic, omar.user);
  const assigned = await lena.next('agentAssignedForAssistance');
  assert.deepEqual(Object.keys(assigned).sort(), ['conversationId', 'task', 'type']);
  assert.equal(assigned.type, 'direct-transfer');
  demands.unsubscription(await lena.next('topicUnsubscription'), 'CHAT TRANSFERRED');
  await omar.accept(await omar.next('taskRequest'));
});

here.story('an agent is shown whom he could ask: the queues of the domain, and who is free in them', async () => {
  const { lena, offer } = await serving();
  const omar = await here.ready('Omar');
  const path = `/routing-engine/precision-queues/available-agents?conversationId=${offer.conversationId}&agentId=${lena.user.id}`;
  const asks = async () => {
    const { status, body } = await call('GET', path, { token: lena.user.tieline_session });
    assert.equal(status, 200, JSON.stringify(body));
    const row = body.find(({ queueName }) => queueName === offer.queue.name);
    return [row.totalAvailableAgents, row.availableAgents.find(({ id }) => id === omar.user.id)?.state, row.availableAgents.some(({ id }) => id === lena.user.id)];
  };
  assert.deepEqual(await asks(), [1, 'READY', false]);
  omar.socket.emit('changeAgentState', { agentId: omar.user.id, action: 'agentState', state: { name: 'NOT_READY', reasonCode: (await here.admin.get('/unified-admin/reasons'))[0] } });
  await omar.next('agentPresence', ({ agentPresence }) => agentPresence.state.reasonCode?.name);
  assert.deepEqual(await asks(), [0, undefined, false]);
});

here.story('a refusal names the message it is about', async () => {
  const { lena, offer } = await serving();
  const id = lena.publish(offer, 'AGENT_MESSAGE', 'MESSAGE', { type: 'URL', markdownText: '' });
  const refused = await lena.next('errors');
  assert.deepEqual([refused.task, refused.messageId, refused.conversationId], ['publishCimEvent', id, offer.conversationId]);
});

here.story('a consultation the customer does not see, then a consult transfer', async () => {
  const { lena, topic, offer } = await serving();
  const omar = await here.ready('Omar');
  lena.asks('consultRequest', topic, omar.user, 'Bitte kurz schauen');
  assert.equal((await lena.next('agentAssignedForAssistance')).type, 'consult');
  const rung = await omar.next('taskRequest');
  assert.equal(rung.taskDirection, 'CONSULT');
  assert.equal(rung.note, 'Bitte kurz schauen');
  const joined = await omar.accept(rung);
  demands.topic(joined);
  assert.equal(joined.topicData.topicParticipant.role, 'ASSISTANT');
  const seen = await lena.event('AGENT_SUBSCRIBED');
  assert.equal(seen.cimEvent.data.agentParticipant.role, 'ASSISTANT');
  const { back, topic: shown } = await again(lena);
  assert.equal(shown.topicData.participants.filter(({ type }) => type === 'AGENT').length, 2);
  const whisper = omar.whispers(rung, 'Tauschen.');
  assert.equal((await back.event('WHISPER_MESSAGE')).cimEvent.data.body.markdownText, 'Tauschen.');
  back.reads(offer, whisper);
  const { cimEvent: read } = await omar.event('MESSAGE_DELIVERY_NOTIFICATION');
  demands.event(read);
  assert.deepEqual(
    [read.data.body.messageId, read.data.body.status, read.data.header.sender.type, read.data.header.sender.id],
    [whisper, 'READ', 'AGENT', lena.user.id],
  );
  omar.says(rung, 'Darf ich nicht.');
  assert.equal((await omar.next('errors')).task, 'publishCimEvent');

  back.yields(shown, omar.user);
  for (const desk of [back, omar]) {
    const success = await desk.next('consulTransferRequestSuccess');
    assert.deepEqual(Object.keys(success).sort(), ['agentId', 'conversationId', 'newTask', 'task']);
    assert.equal(success.agentId, omar.user.id);
    assert.equal(success.newTask.activeMedia[0].type.direction, 'CONSULT_TRANSFER');
    assert.deepEqual(success.newTask, success.task);
  }
  demands.unsubscription(await back.next('topicUnsubscription'), 'UNSUBSCRIBED');
  demands.roleChange((await omar.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'PRIMARY');
  omar.says(rung, 'Jetzt darf ich.');
  await here.webhook.gets('Jetzt darf ich.');
  const told = here.webhook.all('message').map(({ message }) => message.body);
  assert.ok(!told.some(({ markdownText }) => markdownText === 'Tauschen.' || markdownText === 'Darf ich nicht.'));
  assert.ok(!told.some(({ messageId }) => messageId === whisper), 'that a whisper was read stays inside, too');
  assert.equal(offer.conversationId, rung.conversationId);
});

here.story('a conference, and a consult conference, end with several who serve', async () => {
  const { lena, topic, offer } = await serving();
  const omar = await here.ready('Omar');
  lena.asks('directConferenceRequest', topic, omar.user);
  await lena.next('agentAssignedForAssistance');
  const rung = await omar.next('taskRequest');
  assert.equal(rung.taskDirection, 'DIRECT_CONFERENCE');
  await omar.accept(rung);
  const mira = await here.ready('Mira');
  lena.asks('consultRequest', topic, mira.user);
  const advice = await mira.next('taskRequest');
  await mira.accept(advice);
  lena.asks('consultConferenceRequest', topic, mira.user);
  demands.roleChange((await mira.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'PRIMARY');
  for (const [desk, words] of [[lena, 'eins'], [omar, 'zwei'], [mira, 'drei']]) {
    desk.says(offer, words);
    await here.webhook.gets(words);
  }
});

here.story('help nobody gives is told to who asked, and nothing else changes', async () => {
  const { lena, topic, offer } = await serving();
  for (const [whom, words] of [
    [{ queueName: unique('nowhere') }, /there is no queue/],
    [{ id: '0'.repeat(24) }, /there is no agent/],
    [lena.user, /already/],
  ]) {
    lena.asks('consultRequest', topic, whom);
    const refused = await lena.next('errors');
    assert.equal(refused.task, 'consultRequest');
    assert.match(refused.msg, words);
  }
  const omar = await here.ready('Omar');
  lena.asks('consultRequest', topic, omar.user);
  await omar.next('taskRequest');
  await omar.state('LOGOUT');
  omar.socket.close();
  assert.equal((await lena.next('errors')).task, 'consultRequest');
  const nobody = await lena.event('NO_AGENT_AVAILABLE');
  assert.deepEqual(
    [nobody.cimEvent.data.requestType.direction, nobody.cimEvent.data.requestType.mode],
    ['CONSULT', 'AGENT'],
  );
  lena.says(offer, 'Weiter geht es.');
  await here.webhook.gets('Weiter geht es.');
});

here.story('wrap-up: with codes, without, and after the time', async () => {
  const { lena, offer } = await serving({ wrapUp: { enabled: true, seconds: 1 } });
  lena.leaves(offer);
  demands.roleChange((await lena.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'WRAP_UP');
  const timer = await lena.next('wrapupTimerStarted');
  demands.wrapUpTimer(timer);
  assert.equal(timer.duration, 1);
  demands.unsubscription(await lena.next('topicUnsubscription'), 'wrap Up Timer Expired');

  const slow = await line(here.admin, here.webhook, { queue: await queue(here.admin, { wrapUp: { enabled: true, seconds: 600 } }) });
  const noted = await taken(slow, lena);
  await noted.writer.leaves();
  assert.equal((await lena.next('wrapupTimerStarted')).duration, 600);
  const { back, topic: shown } = await again(lena);
  assert.equal(shown.topicData.state, 'WRAP_UP');
  assert.ok((await back.next('wrapupTimerStarted')).duration <= 600);
  back.closesWrapUp(noted.offer, {
    markdownText: '',
    type: 'WRAPUP',
    wrapups: [{ categoryName: 'Technical', value: 'Hardware fault' }],
    note: 'Router getauscht',
  });
  assert.equal((await back.event('AGENT_MESSAGE')).cimEvent.data.body.type, 'WRAPUP');
  const closed = await back.event('TASK_STATE_CHANGED');
  assert.deepEqual(
    [closed.cimEvent.data.task.state.name, closed.cimEvent.data.task.state.reasonCode, closed.cimEvent.data.task.state.detail],
    ['CLOSED', 'DONE', 'WRAP_UP_APPLIED'],
  );
  demands.unsubscription(await back.next('topicUnsubscription'), 'Wrap Up applied');

  const skipped = await taken(slow, back);
  await skipped.writer.leaves();
  await back.next('wrapupTimerStarted');
  back.closesWrapUp(skipped.offer);
  demands.unsubscription(await back.next('topicUnsubscription'), 'choosing leave without Wrap Up');
  assert.ok(!here.webhook.all('message').some(({ message }) => message.body.type === 'WRAPUP'));
});

here.story('a pause stops the clock and is shown again after a reconnect', async () => {
  const { lena, offer } = await serving({ agentSlaDuration: 300 });
  const running = await lena.event('AGENT_SLA_STARTED');
  assert.equal(running.cimEvent.data.action, 'START_TIMER');
  assert.equal(running.cimEvent.data.totalDuration, 300);
  lena.does('pauseConversation', offer, { duration: 7, state: 'ON_HOLD' });
  const refused = await lena.next('errors');
  assert.equal(refused.task, 'pauseConversation');
  assert.match(refused.msg, /60, 180, 300, 420, 600/);
  lena.does('pauseConversation', offer, { duration: 60, state: 'ON_HOLD' });
  demands.event((await lena.event('AGENT_SLA_STOPPED')).cimEvent);
  const paused = await lena.event('CONVERSATION_PAUSED');
  demands.event(paused.cimEvent);
  assert.equal(paused.cimEvent.data.holdTimerDetails.totalDuration, 60);
  assert.match(paused.cimEvent.data.holdTimerDetails.startTime, /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/);
  const { back, topic } = await again(lena);
  assert.equal(topic.topicData.state, 'ON_HOLD');
  assert.equal(topic.topicData.holdTimerDetails.totalDuration, 60);
  assert.equal(topic.topicData.agentSla.totalDuration, null);
  back.does('resumeConversation', offer, { state: 'ACTIVE' });
  demands.event((await back.event('CONVERSATION_RESUMED')).cimEvent);
  await back.event('AGENT_SLA_STARTED');
  back.does('pauseConversation', offer, { duration: 60, state: 'ON_HOLD' });
  await back.event('CONVERSATION_PAUSED');
  back.says(offer, 'Da bin ich wieder.');
  await back.event('CONVERSATION_RESUMED');
});

here.story('who does not answer in time is warned, may ask for more, and loses the chat', async () => {
  await here.admin.post('/conversation-monitor/agent-sla-thresholds', [{ percentage: 50, action: 'SHOW_POPUP' }]);
  try {
    const of = await line(here.admin, here.webhook, { queue: await queue(here.admin, { agentSlaDuration: 2 }) });
    const lena = await here.ready('Lena');
    const { offer } = await accepted(of, lena);
    assert.equal((await lena.event('AGENT_SLA_STARTED')).cimEvent.data.action, 'START_TIMER');
    assert.equal((await lena.event('AGENT_SLA_STARTED')).cimEvent.data.action, 'SHOW_POPUP');
    lena.signals(offer, 'RESET_AGENT_SLA', {});
    await lena.event('AGENT_SLA_STOPPED');
    assert.equal((await lena.event('AGENT_SLA_STARTED')).cimEvent.data.action, 'START_TIMER');
    demands.event((await lena.event('AGENT_SLA_EXPIRED')).cimEvent);
    demands.unsubscription(await lena.next('topicUnsubscription'), 'SLA_EXPIRED');
    // Nobody else is there: he is asked again, ahead of everybody, and when his line breaks once more.
    assert.equal((await lena.next('taskRequest')).conversationId, offer.conversationId);
    await lena.breaks();
    assert.equal((await lena.next('taskRequest')).conversationId, offer.conversationId);
  } finally {
    await here.admin.post('/conversation-monitor/agent-sla-thresholds', []);
  }
});

here.story('a supervisor watches, answers a raised hand, and barges in', async () => {
  const team = await here.admin.post('/unified-admin/team', { teamName: unique('team') });
  const of = await line(here.admin, here.webhook, { queue: await queue(here.admin) });
  const lena = await here.ready('Lena', { userTeam: team });
  const { offer } = await taken(of, lena);
  const sara = await here.ready('Sara', { roles: ['supervisor'], supervisedTeams: [team] });
  const stranger = await here.ready('Tom', { roles: ['supervisor'] });

  lena.signals(offer, 'HAND_RAISED', { agentId: lena.user.id, userName: lena.user.username });
  const raised = await sara.event('HAND_RAISED');
  demands.event(raised.cimEvent);
  assert.deepEqual(raised.cimEvent.data, { agentId: lena.user.id, userName: lena.user.username });
  const { topic: shown, back } = await again(lena);
  assert.deepEqual(shown.topicData.agentHandRaise, { handRaised: true, agentNames: [lena.user.username] });

  stranger.socket.emit('JoinAsSilentMonitor', { agentId: stranger.user.id, channelSession: offer.channelSession });
  assert.equal((await stranger.next('errors')).task, 'JoinAsSilentMonitor');
  const watched = await sara.watches(offer.channelSession);
  demands.topic(watched);
  assert.equal(watched.topicData.topicParticipant.role, 'SILENT_MONITOR');
  await back.event('HAND_DOWN');
  assert.equal((await back.event('AGENT_SUBSCRIBED')).cimEvent.data.agentParticipant.role, 'SILENT_MONITOR');
  sara.does('joinAsWhisper', offer);
  demands.roleChange((await sara.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'WHISPER');
  const { back: saraBack } = await again(sara);
  saraBack.whispers(offer, 'Frag nach der Rechnung.');
  await back.event('WHISPER_MESSAGE');
  saraBack.does('JoinAsBargin', offer);
  demands.roleChange((await back.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'WHISPER');
  demands.roleChange((await back.event('PARTICIPANT_ROLE_CHANGED')).cimEvent, 'PRIMARY');
  saraBack.says(offer, 'Hier ist Sara.');
  await here.webhook.gets('Hier ist Sara.');
  for (const spelling of ['JoinAsBargeIn', 'joinAsBargeIn']) {
    saraBack.does(spelling, offer);
    assert.match((await saraBack.next('errors')).msg, /already/);
  }
  assert.ok(!here.webhook.all('message').some(({ message }) => message.body.markdownText === 'Frag nach der Rechnung.'));

  // Who is logged out leaves the customer to the supervisor.
  saraBack.socket.emit('changeAgentState', { agentId: lena.user.id, action: 'agentState', state: { name: 'LOGOUT', reasonCode: null } });
  const out = await back.next('agentPresence', ({ agentPresence }) => agentPresence.state.name === 'LOGOUT');
  assert.equal(out.agentPresence.state.reasonCode.id, '62ffc95cf12b6ccf1594d934');
  back.socket.close();
  const left = await saraBack.event('AGENT_UNSUBSCRIBED');
  assert.equal(left.cimEvent.data.reason, 'FORCED_LOGOUT_BY_SUPERVISOR');
  saraBack.says(offer, 'Ich bleibe da.');
  await here.webhook.gets('Ich bleibe da.');
});

here.story('a supervisor sets an agent ready, and a reason is asked for where there are some', async () => {
  const team = await here.admin.post('/unified-admin/team', { teamName: unique('team') });
  const lena = await here.present('Lena', { userTeam: team });
  const sara = await here.ready('Sara', { roles: ['supervisor'], supervisedTeams: [team] });
  await lena.next('agentPresence');
  await lena.breaks();
  const wish = { agentId: lena.user.id, action: 'agentState', state: { name: 'READY', reasonCode: null } };
  sara.socket.emit('changeAgentState', wish);
  await lena.next('agentPresence', ({ agentPresence }) => agentPresence.state.name === 'READY');
  lena.socket.emit('changeAgentState', { ...wish, state: { name: 'NOT_READY', reasonCode: null } });
  assert.match((await lena.next('errors')).msg, /choose one of these reasons/);
  const refused = await lena.next('agentPresence', ({ action }) => action === 'AGENT_STATE_UNCHANGED');
  assert.equal(refused.agentPresence.state.name, 'READY');
});

here.story('a supervisor speaks to his team, and takes it back', async () => {
  const [team, other] = await Promise.all(
    ['team', 'other'].map((name) => here.admin.post('/unified-admin/team', { teamName: unique(name) })),
  );
  const lena = await here.present('Lena', { userTeam: team });
  const stranger = await here.present('Tom', { userTeam: other });
  const sara = await here.present('Sara', { roles: ['supervisor'], supervisedTeams: [team] });
  const asks = async (desk, method, path, body) => {
    const answer = await call(method, `/team-announcement/announcement${path}`, { token: desk.user.tieline_session, body });
    assert.ok(answer.status < 300, JSON.stringify(answer.body));
    return answer.body;
  };
  const said = await asks(sara, 'POST', '', { announcementText: 'Um zwölf ist Pause.', teams: [team.teamId] });
  const told = await lena.next('ANNOUNCEMENT_CREATED');
  assert.deepEqual([told.id, told.announcementText, told.supervisorId, told.seenBy], [said.id, 'Um zwölf ist Pause.', sara.user.id, []]);
  for (const member of ['supervisorName', 'teams', 'expiryTime', 'scheduledTime']) assert.ok(told[member], member);
  await lena.breaks();
  const active = await asks(lena, 'GET', `/?teamIds=${team.teamId}&status=active`);
  assert.deepEqual(active.map(({ id }) => id), [said.id], 'a desk that comes later asks');
  await asks(lena, 'PUT', `/seenStatus/${said.id}`, {});
  const [mine] = await asks(sara, 'GET', `?page=1&limit=1000,&supervisorIds=${sara.user.id}`);
  assert.deepEqual(mine.seenBy, [lena.user.id]);
  await asks(sara, 'DELETE', `/${said.id}`);
  assert.equal((await lena.next('ANNOUNCEMENT_DELETED')).id, said.id);
  for (const desk of [sara, stranger]) assert.deepEqual(desk.all('ANNOUNCEMENT_CREATED'), []);
});

/** An agent with a chat, who has taken a call beside it, where the settings of routing are these. */
const interrupted = (routing, told) =>
  where(here.admin, 'routing', { mrdInterruption: true, ...routing }, async () => {
    const { lena, offer } = await serving();
    const domain = 'CISCO CC';
    const calls = await line(here.admin, here.webhook, { domain, queue: await queue(here.admin, {}, domain) });
    await here.writer(calls).says('Ich rufe an.');
    const call = await lena.next('taskRequest', ({ conversationId }) => conversationId !== offer.conversationId);
    demands.presence(await lena.next('agentPresence', chatIs('INTERRUPTED')));
    await lena.accept(call);
    await told({ lena, offer, call });
  });

const chatIs = (state) => ({ agentPresence }) =>
  agentPresence.agentMrdStates.find(({ mrd }) => mrd.name === 'CHAT').state === state;

here.story('where the settings say so, a call interrupts chats and they go to somebody else', () =>
  interrupted({}, async ({ lena, offer, call }) => {
    const lost = await lena.next('topicUnsubscription', ({ conversationId }) => conversationId === offer.conversationId);
    assert.equal(lost.reason, 'MRD_INTERRUPTED');
    const omar = await here.ready('Omar');
    const again = await omar.next('taskRequest');
    assert.equal(again.conversationId, offer.conversationId);
    lena.leaves(call);
    await lena.next('agentPresence', chatIs('READY'));
  }));

here.story('where the settings say so, an interrupted chat waits for its agent', () =>
  interrupted({ mrdInterruptionPauses: true }, async ({ lena, offer, call }) => {
    const paused = await lena.event('CONVERSATION_PAUSED');
    assert.equal(paused.conversationId, offer.conversationId);
    const [shown] = await lena.breaks(offer, call);
    assert.equal(shown.topicData.state, 'ON_HOLD');
    lena.leaves(call);
    assert.equal((await lena.event('CONVERSATION_RESUMED')).conversationId, offer.conversationId);
    await lena.next('agentPresence', chatIs('ACTIVE'));
    lena.says(offer, 'Da bin ich wieder.');
    await here.webhook.gets('Da bin ich wieder.');
  }));
