// A bot that lives elsewhere: what it says to customers, and what it proposes to agents beside it.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { once } from 'node:events';
import * as demands from './demands.js';
import { floor } from './floor.js';
import { line, queue, unique } from './hub.js';

const here = floor();

/** A bot of a line, whose next answers are put into `will`. */
async function bot() {
  const will = [];
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, { 'content-type': 'application/json' }).end(will.shift() ?? '[]');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  here.finally(() => {
    server.closeAllConnections();
    server.close();
  });
  const { botId } = await here.admin.post('/bot-framework/bot-connectors', {
    botName: unique('guru'),
    botType: 'CUSTOM',
    botUri: `http://127.0.0.1:${server.address().port}/ask`,
  });
  const of = await line(here.admin, here.webhook, {
    queue: await queue(here.admin),
    config: { channelMode: 'HYBRID', botId },
  });
  return { of, will: (...replies) => will.push(JSON.stringify(replies)), rubbish: (text) => will.push(text) };
}

const plain = (markdownText) => ({ intent: { name: 'router', confidence: 0.9 }, body: { type: 'PLAIN', markdownText } });
const action = (name, data = {}) => ({ body: { type: 'ACTION', name, data } });

here.story('a bot answers the customer, hands over, and then proposes answers to the agent', async () => {
  const { of, will } = await bot();
  const writer = here.writer(of);
  will(plain('Welches Modell ist es?'));
  await writer.says('Mein Router startet dauernd neu.');
  assert.equal((await here.webhook.gets('Welches Modell ist es?')).header.sender.type, 'BOT');
  const lena = await here.ready('Lena');
  will(action('ACCEPT_TIMEOUT'), action('FIND_AGENT'));
  await writer.says('Ein Mensch, bitte.');
  const offer = await lena.next('taskRequest');
  const topic = await lena.accept(offer);
  demands.topic(topic);
  const asked = topic.topicData.topicEvents.filter(({ name }) => name === 'ACTION_MESSAGE').map(({ data }) => data);
  assert.deepEqual(asked.map(({ name }) => name), ['ACCEPT_TIMEOUT', 'FIND_AGENT'], 'one out of use is written down');
  await lena.breaks(offer);

  will(plain('Bitte halten Sie die Taste zehn Sekunden.'));
  const id = await writer.says('Ein Nordlicht 7.');
  const { cimEvent: proposed } = await lena.event('BOT_SUGGESTION');
  demands.event(proposed);
  assert.equal(proposed.type, 'SUGGESTION');
  assert.equal(proposed.data.requestedMessage.id, id, 'desks ignore what is proposed for a message they do not know');
  const [{ messageBody, confidenceLevel }] = proposed.data.suggestions;
  assert.deepEqual([messageBody.markdownText, confidenceLevel], ['Bitte halten Sie die Taste zehn Sekunden.', 0.9]);
  lena.says(offer, messageBody.markdownText);
  const { header } = await here.webhook.gets(messageBody.markdownText);
  assert.equal(header.sender.type, 'AGENT', 'nobody but the agent has said it');
});

here.story('what a bot answers beside an agent, however broken, costs nobody the conversation', async () => {
  const { of, will, rubbish } = await bot();
  const lena = await here.ready('Lena');
  const writer = here.writer(of);
  will(action('FIND_AGENT'));
  await writer.says('Ein Mensch, bitte.');
  const offer = await lena.next('taskRequest');
  await lena.accept(offer);
  for (const answer of ['<html>busy</html>', '', '{"body":', '{"body":7}', JSON.stringify({ body: { type: 'ACTION', name: 'DANCE' } })]) {
    rubbish(answer);
    await writer.says('Hören Sie mich?');
    await lena.event('CUSTOMER_MESSAGE');
  }
  await lena.breaks(offer);
  lena.says(offer, 'Ja.');
  await here.webhook.gets('Ja.');
  assert.deepEqual(lena.all('errors'), []);
});
