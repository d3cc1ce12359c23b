// How a request finds its agent, seen from the desks it rings at, and what follows when it finds nobody.

import assert from 'node:assert/strict';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { line, queue, unique, where } from './hub.js';

const here = floor();

const whose = ({ channelSession }) => channelSession.channelData.channelCustomerIdentifier;

/** An attribute agents have levels of, and steps that ask for one. */
async function skill() {
  const english = { name: unique('english'), description: '', type: 'PROFICIENCY_LEVEL', defaultValue: 1 };
  const { id } = await here.admin.post('/routing-engine/routing-attributes', english);
  const routingAttribute = { id };
  return {
    has: (value) => ({ associatedRoutingAttributes: [{ routingAttribute, value }] }),
    atLeast: (value, timeout = 0) => ({
      timeout,
      expressions: [{ terms: [{ routingAttribute, relationalOperator: '>=', value }] }],
    }),
  };
}

/** A line whose requests go to a queue of these steps. */
const asking = async (steps, more = {}) => line(here.admin, here.webhook, { queue: await queue(here.admin, { steps }), ...more });

/** Why a request waits, or went to whom it went to. */
const explanation = (conversation, task) =>
  here.admin.get(`/conversation-manager/conversations/${conversation}/tasks/${task.split(':')[0]}/explanation`);

/** The open conversation of somebody who waits, and the request in it. */
async function waiting(writer) {
  const { id } = await here.admin.get(`/conversation-manager/customer-topics/get/${writer.identifier}`);
  const { tasks } = await here.admin.get(`/conversation-manager/conversations/${id}`);
  return { id, task: tasks.find(({ state }) => state !== 'CLOSED') };
}

const told = (words) => here.webhook.next('message', ({ message }) => words.test(message.body.markdownText ?? ''));

here.story('a request goes to whom the open steps ask for, and it is known why', async () => {
  const { has, atLeast } = await skill();
  const of = await asking([atLeast(7, 2), atLeast(4)]);
  await here.ready('Nora', has(3));
  const omar = await here.ready('Omar', has(5));
  const writer = here.writer(of);
  await writer.says('Does anybody speak English?');
  const { id, task } = await waiting(writer);
  const why = await explanation(id, task.id);
  assert.deepEqual([why.waits, why.position, why.steps.map(({ open }) => open)], [true, 1, [true, false]]);
  assert.ok(why.sentences.some((sentence) => sentence.startsWith('nobody with')), why.sentences.join('; '));

  const offer = await omar.next('taskRequest');
  assert.equal(offer.conversationId, id);
  const { rule } = await explanation(id, offer.taskId);
  assert.equal(rule, 'LONGEST_AVAILABLE');
  await omar.breaks();
  demands.topic(await omar.accept(await omar.next('taskRequest')));
});

for (const [agentSelectionPolicy, rung] of [['LEAST_SKILLED', 'Omar'], ['MOST_SKILLED', 'Lena']]) {
  here.story(`with ${agentSelectionPolicy} skill decides who is rung`, async () => {
    const { has, atLeast } = await skill();
    const of = await asking([atLeast(4)], { routing: { agentSelectionPolicy } });
    const desks = [await here.ready('Lena', has(9)), await here.ready('Omar', has(5))];
    await here.writer(of).says('Hello?');
    const desk = desks.find(({ user }) => user.firstName === rung);
    const offer = await desk.next('taskRequest');
    assert.equal((await explanation(offer.conversationId, offer.taskId)).rule, agentSelectionPolicy);
    await desk.accept(offer);
    await desk.breaks(offer);
  });
}

here.story('who is more urgent is served first, whoever came before', async () => {
  const of = await asking([]);
  const [calm, urgent] = [here.writer(of), here.writer(of, { priority: 10 })];
  await calm.says('Whenever you can.');
  await urgent.says('Now, please!');
  const domains = await here.admin.get('/routing-engine/media-routing-domains');
  const two = domains.map(({ id, maxRequests }) => ({ mrdId: id, maxAgentTasks: Math.min(2, maxRequests) }));
  const lena = await here.ready('Lena', { associatedMrds: two });
  const first = await lena.next('taskRequest');
  assert.equal(whose(first), urgent.identifier);
  await lena.accept(first);
  const second = await lena.next('taskRequest');
  assert.equal(whose(second), calm.identifier);
  await lena.breaks(first);
  await lena.accept(await lena.next('taskRequest', (offer) => whose(offer) === calm.identifier));
});

here.story('a customer who comes back is offered to whom he knows', () =>
  where(here.admin, 'routing', { lastAgent: true }, async () => {
    const of = await asking([], { routing: { routeToLastAgent: true } });
    const lena = await here.ready('Lena');
    const writer = here.writer(of);
    await writer.says('Hello?');
    const offer = await lena.next('taskRequest');
    await lena.accept(offer);
    const omar = await here.ready('Omar');
    await writer.leaves();
    await lena.event('CHANNEL_SESSION_ENDED');
    lena.leaves(offer);
    await lena.next('topicUnsubscription');
    await lena.breaks();

    // Omar has been free for longer.
    await writer.says('One more thing.');
    const again = await lena.next('taskRequest');
    assert.equal((await explanation(again.conversationId, again.taskId)).rule, 'LAST_AGENT');
    lena.declines(again);
    const passed = await omar.next('taskRequest');
    assert.equal(passed.conversationId, again.conversationId, 'then anybody is asked');
    await omar.accept(passed);
  }));

here.story('when nobody comes the customer is told, asked for patience, or goes to another queue', async () => {
  const { atLeast, has } = await skill();
  const patience = { ringSecs: 1, routing: { agentRequestTtl: 2 } };
  const on = (routing) => asking([atLeast(10)], { ...patience, routing: { ...patience.routing, ...routing } });

  await here.writer(await on({})).says('Hello?');
  await told(/^Nobody is free/);
  await here.webhook.gets('NO_AGENT_AVAILABLE');

  const patient = here.writer(await on({ whenNobodyCame: 'KEEP_WAITING' }));
  await patient.says('Hello?');
  await told(/^Everybody is still busy/);
  assert.equal((await waiting(patient)).task.state, 'QUEUED');
  await patient.leaves();

  const unstaffed = await asking([atLeast(10)], { routing: { onlyWhenStaffed: true } });
  await here.writer(unstaffed).says('Hello?');
  await told(/^Nobody is free/);

  const { id } = await queue(here.admin, { steps: [atLeast(4)] });
  const lena = await here.ready('Lena', has(5));
  const elsewhere = here.writer(await on({ whenNobodyCame: 'QUEUE', nobodyCameQueueId: id }));
  await elsewhere.says('Hello?');
  const offer = await lena.next('taskRequest');
  assert.deepEqual([offer.queue.id, whose(offer)], [id, elsewhere.identifier]);
});

here.story('a queue is emptied: who waits is told, and who is served is not', async () => {
  const { atLeast, has } = await skill();
  const experts = await queue(here.admin, { steps: [atLeast(10)] });
  const of = await line(here.admin, here.webhook, { queue: experts });
  const lena = await here.ready('Lena', has(5));
  const served = here.writer(await asking([atLeast(5)]));
  await served.says('Hello?');
  const offer = await lena.next('taskRequest');
  const topic = await lena.accept(offer);
  lena.asks('consultRequest', topic, { queueName: experts.name });
  await lena.event('TASK_ENQUEUED');
  const waits = here.writer(of);
  await waits.says('Hello?');
  await here.webhook.gets('TASK_ENQUEUED');
  await lena.breaks(offer);

  const { flushed } = await here.admin.post(`/routing-engine/precision-queues/${experts.id}/flush`, {});
  assert.equal(flushed, 2);
  const { message } = await told(/^We cannot help/);
  assert.equal(message.header.channelData.channelCustomerIdentifier, waits.identifier);
  assert.equal((await lena.next('errors')).task, 'consultRequest');
  lena.says(offer, 'I am still here.');
  await here.webhook.gets('I am still here.');
  const sent = here.webhook.all('message').filter(({ message: { body } }) => /^We cannot help/.test(body.markdownText ?? ''));
  assert.equal(sent.length, 1);
});
