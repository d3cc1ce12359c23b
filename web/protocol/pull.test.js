// Pull lists: agents follow them, are told what is on them, join, leave, and come back to what was left.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { line, list, queue, unique } from './hub.js';

const here = floor();

/** A line whose requests come onto a list. */
async function listed(members = {}) {
  const mail = await list(here.admin, members);
  const of = await line(here.admin, here.webhook, { routing: { routingMode: 'PULL', routingObjectId: mail.id } });
  return { mail, of };
}

/** A desk that follows a list from now on, and what was on it. */
async function follows(desk, mail) {
  desk.follows(mail);
  const known = await desk.next('onPullModeSubscribedList', (lists) => lists.some(({ id }) => id === mail.id));
  assert.equal(known.find(({ id }) => id === mail.id).name, mail.name);
}

here.story('a request of a list, from the first word to the last', async () => {
  const { mail, of } = await listed();
  const lena = await here.present('Lena');
  await follows(lena, mail);

  const writer = here.writer(of);
  await writer.says('Wo bleibt mein Paket?');
  const request = await lena.pulled('RECEIVED', 'unread');
  demands.pullRequest(request);
  assert.equal(request.listId, mail.id);
  assert.equal(request.channelSession.channelData.channelCustomerIdentifier, writer.identifier);

  lena.joins(request);
  const topic = await lena.joined(request);
  demands.topic(topic);
  assert.ok(topic.taskId, 'the agent has a task');
  assert.equal((await lena.pulled('STATE_CHANGED', 'active')).id, request.id);
  const offer = { ...topic, channelSession: request.channelSession };
  await lena.breaks(offer);
  lena.says(offer, 'Es ist unterwegs.');
  await here.webhook.gets('Es ist unterwegs.');

  lena.leaves(offer);
  await lena.next('topicUnsubscription');
  assert.equal((await lena.pulled('STATE_CHANGED', 'inactive')).id, request.id);

  await writer.says('Es ist nicht gekommen!');
  // A desk rings for a request it does not show: the row goes, and comes again.
  assert.equal((await lena.pulled('STATE_CHANGED', 'closing')).id, request.id);
  assert.equal((await lena.pulled('RECEIVED', 'inactive')).id, request.id);

  await writer.leaves();
  assert.equal((await lena.pulled('STATE_CHANGED', 'closing')).id, request.id);
  lena.joins(request);
  assert.match((await lena.next('errors')).msg, /no longer on the list/);
});

here.story('a desk that connects is shown its lists and all that is on them', async () => {
  const { mail, of } = await listed();
  const first = here.writer(of);
  await first.says('Eins');
  const lena = await here.present('Lena');
  await follows(lena, mail);
  const [unread] = await lena.next('addPullModeSubscribedListRequests');
  demands.pullRequest(unread);
  assert.equal(unread.status, 'unread');
  lena.joins(unread);
  await lena.joined(unread);

  const back = await here.connect(lena.user);
  await lena.next('socketSessionRemoved');
  lena.socket.close();
  assert.deepEqual((await back.next('onPullModeSubscribedList')).map(({ id }) => id), [mail.id]);
  const shown = await back.next('pullModeSubscribedListRequests');
  assert.deepEqual(shown.map(({ id, status }) => [id, status]), [[unread.id, 'active']]);
  assert.equal((await back.next('onTopicData')).conversationId, unread.channelSession.conversationId);

  back.unfollows(mail);
  assert.equal(await back.next('removePullModeSubscribedListRequests'), mail.id);
  assert.deepEqual(await back.next('onPullModeSubscribedList'), []);
});

here.story('several join, twice is once, and who may not is told why', async () => {
  const { of, mail } = await listed({ respectCapacity: true });
  const [lena, omar] = [await here.present('Lena'), await here.present('Omar')];
  await follows(lena, mail);
  await follows(omar, mail);
  await here.writer(of).says('Hallo');
  const request = await lena.pulled('RECEIVED', 'unread');

  lena.joins(request);
  lena.joins(request);
  await lena.joined(request);
  const topic = await lena.joined(request);
  const seated = ({ type }) => type === 'AGENT';
  assert.equal(topic.topicData.participants.filter(seated).length, 1, 'she is there once');
  omar.joins(request);
  const both = await omar.joined(request);
  assert.equal(both.topicData.participants.filter(seated).length, 2);
  const [again] = await lena.breaks(request.channelSession);
  assert.equal(again.topicData.participants.filter(seated).length, 2);

  const busy = await here.present('Zoe', { associatedMrds: await without(here.admin) });
  busy.joins(request);
  assert.match((await busy.next('errors')).msg, /as much work as you may have: 0 of 0/);

  omar.finishes(request);
  assert.match((await omar.next('errors')).msg, /only a supervisor/);
  omar.socket.emit('joinPullModeRequest', { agentId: omar.user.id, requestId: 'nonsense' });
  assert.match((await omar.next('errors', ({ task }) => task === 'joinPullModeRequest')).msg, /requestId/);
  omar.follows({ id: '66f2b3c4d4e5f60718294050' });
  assert.match((await omar.next('errors', ({ task }) => task === 'subscribePullModeList')).msg, /no pull list/);
});

/** No work of any domain. */
async function without(of) {
  const domains = await of.get('/routing-engine/media-routing-domains');
  return domains.map(({ id }) => ({ mrdId: id, maxAgentTasks: 0 }));
}

here.story('a list of another team stays closed, and its supervisor ends requests', async () => {
  const [team, other] = await Promise.all(
    ['mail', 'phone'].map((name) => here.admin.post('/unified-admin/team', { teamName: unique(name) })),
  );
  const { mail, of } = await listed({ teams: [team.teamId] });
  const stranger = await here.present('Omar', { userTeam: other });
  stranger.follows(mail);
  assert.match((await stranger.next('errors')).msg, /other teams/);

  const lena = await here.present('Lena', { userTeam: team });
  await follows(lena, mail);
  const chief = await here.present('Chief', { roles: ['supervisor'], supervisedTeams: [team] });
  await follows(chief, mail);
  await here.writer(of).says('Hallo');
  const request = await lena.pulled('RECEIVED', 'unread');
  stranger.joins(request);
  assert.match((await stranger.next('errors')).msg, /other teams/);
  await lena.breaks();
  chief.finishes(request);
  for (const desk of [lena, chief]) assert.equal((await desk.pulled('STATE_CHANGED', 'closing')).id, request.id);
  await here.webhook.gets('CHANNEL_SESSION_ENDED');
});

here.story('a customer whom nobody came for is called back from a list', async () => {
  const back = await list(here.admin);
  const nobody = await queue(here.admin);
  const of = await line(here.admin, here.webhook, {
    ringSecs: 1,
    queue: nobody,
    routing: { agentRequestTtl: 2, whenNobodyCame: 'CALLBACK', nobodyCameListId: back.id },
  });
  const lena = await here.present('Lena');
  await follows(lena, back);
  const writer = here.writer(of);
  await writer.says('Ist jemand da?');
  await here.webhook.gets('Nobody is free at the moment. Somebody will come back to you here.');
  const request = await lena.pulled('RECEIVED', 'unread');
  assert.equal(request.listId, back.id);
  await writer.leaves();

  lena.joins(request);
  const topic = await lena.joined(request);
  const session = topic.topicData.channelSession;
  assert.equal(session.channelSessionDirection, 'OUTBOUND');
  await lena.breaks(topic);
  lena.says({ ...topic, channelSession: session }, 'Sie hatten gefragt.');
  await here.webhook.gets('Sie hatten gefragt.');
  await writer.says('Ja!');
  const answer = await lena.event('CUSTOMER_MESSAGE');
  assert.equal(answer.conversationId, topic.conversationId);
});
