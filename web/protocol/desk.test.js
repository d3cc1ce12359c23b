// What an installed agent desk and a connector live through with the hub, from the five steps to the last goodbye.

import assert from 'node:assert/strict';
import { beforeEach, describe, test } from 'node:test';
import * as demands from './demands.js';
import { signIn } from './desk.js';
import { floor } from './floor.js';
import { call, line, person } from './hub.js';

const here = floor();
let agent;

beforeEach(async () => {
  agent = await person(here.admin);
});

/** A line whose webhook is ours. */
const opened = (options) => line(here.admin, here.webhook, options);

/** A desk that is ready, with a customer whose chat it has taken. */
async function inConversation(options) {
  const of = await opened();
  const desk = await here.seat(agent, options);
  await desk.state('READY');
  const writer = here.writer(of);
  await writer.says('Mein Router startet dauernd neu. میرا راؤٹر');
  const offer = await desk.next('taskRequest');
  const topic = await desk.accept(offer);
  return { desk, writer, offer, topic };
}

test('a declined offer goes to somebody else at once, and is no longer rung for', async () => {
  const of = await opened();
  const desk = await here.seat(agent);
  await desk.state('READY');
  await here.writer(of).says('Hallo?');
  const { conversationId, taskId } = await desk.next('taskRequest');
  const other = await here.seat(await person(here.admin, { firstName: 'Amira' }));
  await other.state('READY');

  desk.declines({ conversationId, taskId }, 'not mine');
  assert.equal((await desk.next('revokeTask')).conversationId, conversationId);
  const again = await other.next('taskRequest');
  assert.equal(again.conversationId, conversationId);
  assert.notEqual(again.taskId, taskId, 'it is a task of its own');
  desk.declines({ conversationId, taskId });
  assert.match((await desk.next('errors', ({ task }) => task === 'declineTask')).msg, /no longer offered to you/);
});

for (const transports of [undefined, ['websocket'], ['polling']]) {
  describe(`over ${transports ?? 'polling, then websocket'}`, () => {
    test('a chat, from ready to goodbye', async () => {
      const of = await opened();
      const desk = await here.seat(agent, { transports });
      assert.ok(Array.isArray(await desk.next('onChannelTypes')));
      const first = await desk.next('agentPresence');
      demands.presence(first);
      assert.equal(first.agentPresence.state.name, 'NOT_READY');
      assert.deepEqual(await desk.next('onPullModeSubscribedList'), []);
      assert.deepEqual(await desk.next('pullModeSubscribedListRequests'), []);

      const ready = await desk.state('READY');
      demands.presence(ready);
      assert.equal(ready.action, 'AGENT_STATE_CHANGED');
      assert.ok(ready.agentPresence.agentMrdStates.some(({ state }) => state === 'READY'), 'a domain is on');

      const writer = here.writer(of);
      const hello = await writer.says('Guten Tag! السلام علیکم');
      const offer = await desk.next('taskRequest');
      demands.offer(offer);
      const topic = await desk.accept(offer);
      demands.topic(topic);
      assert.equal(topic.taskId, offer.taskId);
      assert.equal(topic.topicData.topicParticipant.participant.keycloakUser.id, desk.user.id);
      const said = topic.topicData.topicEvents.find(({ name }) => name === 'CUSTOMER_MESSAGE');
      assert.equal(said.data.id, hello);
      assert.equal(said.data.body.markdownText, 'Guten Tag! السلام علیکم');
      const joined = await desk.event('AGENT_SUBSCRIBED');
      demands.event(joined.cimEvent);
      assert.equal(typeof joined.cimEvent.timestamp, 'number', 'times of live events are milliseconds');

      const answer = desk.says(offer, 'Ich prüfe das.');
      const echo = await desk.event('AGENT_MESSAGE');
      demands.event(echo.cimEvent);
      assert.equal(echo.cimEvent.data.id, answer, 'the echo keeps the id the desk gave');
      assert.equal(echo.roomInfo.id, offer.roomInfo.id);
      const delivered = await here.webhook.gets('Ich prüfe das.');
      assert.equal(delivered.id, answer);
      assert.equal(delivered.header.sender.type, 'AGENT');
      assert.equal(delivered.header.sender.additionalDetail.firstName, 'Lena');
      assert.equal(delivered.header.channelData.channelCustomerIdentifier, writer.identifier);

      await writer.types();
      const typing = await desk.event('TYPING_INDICATOR');
      assert.equal(typing.cimEvent.data.header.sender.type, 'CONNECTOR');
      const more = await writer.says('Danke');
      const live = await desk.event('CUSTOMER_MESSAGE');
      demands.event(live.cimEvent);
      assert.equal(live.cimEvent.data.id, more);
      desk.reads(offer, more);
      const read = await here.webhook.gets('READ');
      assert.equal(read.body.messageId, more);
      demands.event((await desk.event('MESSAGE_DELIVERY_NOTIFICATION')).cimEvent);
      desk.types(offer);
      await here.webhook.gets('TYPING_STARTED');

      const [shown] = await desk.breaks(offer);
      demands.topic(shown);
      const whisper = desk.whispers(offer, 'Nur unter uns.');
      assert.equal((await desk.event('WHISPER_MESSAGE')).cimEvent.data.id, whisper);
      desk.reads(offer, whisper);
      desk.publish(offer, 'AGENT_MESSAGE', 'MESSAGE', {
        markdownText: '',
        type: 'WRAPUP',
        wrapups: [{ categoryName: 'Technical', value: 'Hardware fault' }],
        note: 'Router getauscht',
      });
      assert.equal((await desk.event('AGENT_MESSAGE')).cimEvent.data.body.type, 'WRAPUP');

      desk.leaves(offer);
      const gone = await desk.next('topicUnsubscription');
      assert.equal(gone.conversationId, offer.conversationId);
      assert.equal(typeof gone.reason, 'string');
      await here.webhook.gets('AGENT_UNSUBSCRIBED');
      await writer.leaves();
      await here.webhook.gets('CHANNEL_SESSION_ENDED');

      const all = here.webhook.all('message');
      assert.deepEqual(here.webhook.all('forged'), []);
      const kinds = all
        .filter(({ headers }) => headers['tieline-sequence'])
        .map(({ message: { body } }) => body.notificationType ?? body.status ?? body.type);
      assert.deepEqual(kinds, [
        'CHANNEL_SESSION_STARTED',
        'PLAIN', // the welcome
        'PLAIN', // somebody is looked for
        'TASK_ENQUEUED',
        'AGENT_SUBSCRIBED',
        'PLAIN',
        'READ',
        'AGENT_UNSUBSCRIBED',
        'CHANNEL_SESSION_ENDED',
      ]);
      assert.ok(!JSON.stringify(all).includes('Nur unter uns'), 'whispers stay inside');
      assert.ok(!JSON.stringify(all).includes('Router getauscht'), 'wrap-ups stay inside');
      let previous = '0';
      for (const { headers } of all.filter(({ headers }) => headers['tieline-sequence'])) {
        assert.equal(headers['tieline-previous-sequence'], previous, 'no delivery is missing or early');
        previous = headers['tieline-sequence'];
      }
      assert.deepEqual(desk.all('errors'), []);
    });
  });
}

test('a desk whose connection drops is shown its conversation again and works on', async () => {
  const { desk, writer, offer } = await inConversation();
  desk.says(offer, 'Einen Moment.');
  await desk.event('AGENT_MESSAGE');
  desk.socket.io.engine.close();
  await desk.next('disconnect');
  const meanwhile = await writer.says('Sind Sie noch da?');
  const again = await desk.next('onTopicData');
  demands.topic(again);
  const heard = () => desk.all('onCimEvent').map(({ cimEvent }) => JSON.parse(cimEvent).data.id);
  const shown = again.topicData.topicEvents.map(({ data }) => data.id);
  if (!shown.includes(meanwhile)) await desk.event('CUSTOMER_MESSAGE');
  assert.equal([...shown, ...heard()].filter((id) => id === meanwhile).length, 1, 'told once');
  desk.says(offer, 'Ja.');
  await here.webhook.gets('Ja.');
});

test('what rings goes on ringing at a desk that reconnects', async () => {
  const of = await opened();
  const desk = await here.seat(agent);
  await desk.state('READY');
  await here.writer(of).says('Hallo?');
  const offer = await desk.next('taskRequest');
  desk.socket.io.engine.close();
  const again = await desk.next('taskRequest');
  assert.equal(again.conversationId, offer.conversationId);
  demands.topic(await desk.accept(again));
});

test('a second desk of the same agent takes over', async () => {
  const { desk, offer } = await inConversation();
  const second = await here.seat(agent);
  const removed = await desk.next('socketSessionRemoved');
  assert.equal(removed.agentId, desk.user.id);
  assert.match(removed.reason, /another desk/);
  assert.equal(await desk.next('disconnect'), 'io server disconnect');
  demands.topic(await second.next('onTopicData'));
  second.says(offer, 'Hier bin ich wieder.');
  await here.webhook.gets('Hier bin ich wieder.');
});

test('an offer that rings out is taken back', async () => {
  const of = await opened({ ringSecs: 1 });
  const desk = await here.seat(agent);
  await desk.state('READY');
  await here.writer(of).says('Ist da jemand?');
  const offer = await desk.next('taskRequest');
  const revoked = await desk.next('revokeTask');
  assert.equal(revoked.conversationId, offer.conversationId);
  desk.takes(offer);
  const refusal = await desk.next('errors');
  assert.equal(refusal.task, 'topicSubscription');
  await desk.next('revokeTask');
});

test('what cannot be done is said, and the desk stays', async () => {
  const desk = await here.seat(agent);
  const { id } = desk.user;
  const domain = (await desk.next('agentPresence')).agentPresence.agentMrdStates[0].mrd.id;
  for (const [task, ...data] of [
    ['directTransferRequest', {}],
    ['JoinAsBargin', {}],
    ['makeCoffee', {}],
    ['changeAgentState'],
    ['changeAgentState', null],
    ['changeAgentState', 'READY'],
    ['changeAgentState', { agentId: id, action: 'agentState', state: { name: 'ASLEEP' } }],
    ['changeAgentState', { agentId: '0'.repeat(24), action: 'agentState', state: { name: 'READY' } }],
    ['changeAgentState', { agentId: id, action: 'agentMRDState', state: 'BUSY', mrdId: domain }],
    ['changeAgentState', { agentId: id, action: 'agentMRDState', state: 'READY', mrdId: domain }],
    ['topicSubscription', { agentId: id, conversationId: 'x' }],
    ['topicUnsubscription', { agentId: id, conversationId: '0'.repeat(24) }],
    ['publishCimEvent', { cimEvent: '{broken', conversationId: '0'.repeat(24) }],
    ['publishCimEvent', { cimEvent: { name: 'AGENT_MESSAGE' }, conversationId: '0'.repeat(24) }],
    ['publishCimEvent', { cimEvent: { name: 'RESET_AGENT_SLA', data: {} }, conversationId: '0'.repeat(24) }],
    ['closeWrapup', { cimEvent: null, conversationId: '0'.repeat(24) }],
  ]) {
    desk.socket.emit(task, ...data);
    const refusal = await desk.next('errors');
    assert.equal(refusal.task, task);
    assert.ok(refusal.msg.length > 10, `${task}: ${refusal.msg}`);
  }
  assert.ok(desk.socket.connected);
  await desk.state('READY');
});

// Sixty at once, then twenty a second; a hundred and twenty-eight may wait.
test('a desk that sends without pause is slowed, then cut off with the reason', async () => {
  const desk = await here.seat(agent, { transports: ['websocket'] });
  const began = Date.now();
  for (let n = 1; n <= 90; n += 1) desk.socket.emit(`makeCoffee-${n}`, n);
  await desk.next('errors', ({ task }) => task === 'makeCoffee-90');
  assert.ok(Date.now() - began >= 1_400, 'what is too fast waits its turn');

  for (let n = 0; n < 1_000; n += 1) desk.socket.emit('makeCoffee', n);
  const { msg } = await desk.next('errors', ({ task }) => task === 'connection');
  assert.match(msg, /too many requests at once/);
  assert.equal(await desk.next('disconnect'), 'io server disconnect');

  const back = await here.connect(desk.user);
  await back.next('agentPresence');
});

test('signing in', async (t) => {
  await t.test('the user is whole and fits where desks keep it', async () => {
    const who = await person(here.admin, { firstName: 'Łucja Ωμ', lastName: 'نازش' });
    const { answer, user } = await signIn(who);
    demands.user(user);
    assert.equal(user.id, who.id);
    assert.ok(Buffer.from(JSON.stringify(user), 'latin1').toString('latin1') === JSON.stringify(user), 'Latin-1');
    assert.doesNotThrow(() => btoa(JSON.stringify(user)));
    const cookie = answer.headers.get('set-cookie');
    assert.match(cookie, /^tieline_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict/);
    const settings = await call('GET', '/unified-admin/reasons', { cookie: cookie.split(';')[0] });
    assert.equal(settings.status, 200);
    const desk = await here.connect(user, { asText: false });
    assert.equal((await desk.next('agentPresence')).agentPresence.agent.keycloakUser.firstName, 'Łucja Ωμ');
  });

  await t.test('a wrong password is refused in words', async () => {
    const { answer } = await signIn({ ...agent, password: 'not the password' });
    assert.equal(answer.status, 401);
    assert.equal(typeof answer.body.error.error_detail.reason, 'string');
    assert.equal(typeof answer.body.error.error_message, 'string');
  });

  await t.test('an account without a desk is refused', async () => {
    const { answer } = await signIn(await person(here.admin, { roles: ['evaluator'] }));
    assert.equal(answer.status, 403);
    assert.match(answer.body.error.error_detail.reason, /agent or supervisor/);
  });

  await t.test('a handshake without a session is refused', async () => {
    const { user } = await signIn(agent);
    for (const claimed of [{ ...user, tieline_session: undefined }, { ...user, tieline_session: 'a.b.c' }]) {
      const desk = await here.connect(claimed);
      assert.equal((await desk.next('connect_error')).message, 'login-failed');
    }
  });
});

test('what desks load while they start', async () => {
  const open = await call('GET', '/unified-admin/agent-desk-settings');
  assert.equal(open.status, 200);
  assert.equal(typeof open.body[0].isEmojisEnabled, 'boolean');
  const { answer, user } = await signIn(agent);
  const cookie = answer.headers.get('set-cookie').split(';')[0];
  for (const [path, demand] of [
    ['/unified-admin/locale-setting', ([{ supportedLanguages }]) => supportedLanguages.some(({ code }) => code === 'en')],
    ['/unified-admin/reasons', Array.isArray],
    [`/cim-customer/agentSetting?user_Id=${user.id}`, ({ theme, language }) => theme && language],
    ['/team-announcement/announcement/?teamIds=&status=active', Array.isArray],
    ['/cim-customer/label', Array.isArray],
  ]) {
    assert.equal((await call('GET', path)).status, 401, `${path} is for signed-in desks`);
    const { status, body } = await call('GET', path, { cookie });
    assert.equal(status, 200, path);
    assert.ok(demand(body), `${path}: ${JSON.stringify(body)}`);
  }
});
