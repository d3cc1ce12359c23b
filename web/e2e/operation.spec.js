import { createServer } from 'node:http';
import { expect, test } from './screen.js';

test.use({ place: 'operation' });

/** The five steps over the API, with a webhook that answers what it is told. */
async function line(hub) {
  const [answers, texts] = [{ status: 200 }, []];
  let taken;
  const configured = new Promise((resolve) => (taken = resolve));
  const server = createServer((request, response) => {
    const chunks = [];
    response.on('finish', taken);
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (answers.status < 300 && chunks.length > 0) texts.push(JSON.parse(Buffer.concat(chunks)).body?.markdownText);
      response.writeHead(answers.status, { 'content-type': 'text/plain' }).end(answers.status < 300 ? '' : 'the loft is closed');
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const admin = await hub.admin();
  const domain = (await admin.get('/routing-engine/media-routing-domains')).find(({ name }) => name === 'CHAT');
  const [queue] = await admin.get('/routing-engine/precision-queues');
  const [bot] = await admin.get('/bot-framework/bot-connectors');
  const type = await admin.post('/ccm/channel-types', { name: 'RAVEN', isInteractive: true, mediaRoutingDomain: domain.id });
  const provider = await admin.post('/ccm/channel-provider-interfaces', {
    name: 'Raven Post',
    supportedChannelTypes: [{ id: type.id }],
    providerWebhook: `http://127.0.0.1:${server.address().port}/in`,
  });
  const connector = await admin.post('/ccm/channel-connectors', { name: 'Tower', channelProviderInterface: { id: provider.id } });
  await admin.post('/ccm/channels', {
    name: 'Ravens',
    serviceIdentifier: 'tower-1',
    channelType: { id: type.id },
    channelConnector: { id: connector.id },
    channelConfig: {
      channelMode: 'HYBRID',
      botId: bot.botId,
      responseSla: 20,
      customerActivityTimeout: 300,
      routingPolicy: { routingMode: 'PUSH', routingObjectId: queue.id, agentRequestTtl: 300 },
    },
  });
  // Whatever the webhook answers from now on: this was taken.
  await configured;
  await admin.post('/cim-customer/customerSchema', { label: 'Raven ring', type: 'string', length: 50, isChannelIdentifier: true, channelTypes: ['RAVEN'] });
  const write = async (text) => {
    const header = {
      sender: { id: 'tower', type: 'CONNECTOR', senderName: 'RAVEN' },
      channelData: { channelCustomerIdentifier: 'ring-7', serviceIdentifier: 'tower-1' },
    };
    const answer = await fetch(`${hub.url}/ccm/message/receive`, {
      method: 'POST',
      headers: { authorization: `Bearer ${connector.credentials.token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ id: crypto.randomUUID(), header, body: { type: 'PLAIN', markdownText: text } }),
    });
    expect(answer.status).toBe(200);
    return (await answer.json()).additionalDetails.conversationId;
  };
  return { answers, texts, write, close: () => server.close() };
}

test('a conversation is followed, and what was given up is sent again', async ({ page, hub, open, look }) => {
  const tower = await line(hub);
  // 410: never again. What was to be delivered is given up at once.
  tower.answers.status = 410;
  const conversation = await tower.write('Is anybody up there?');

  await open('/app/admin/inspector');
  await page.getByLabel('Id of a conversation or message').fill(conversation);
  await page.getByRole('button', { name: 'Find' }).click();
  await expect(page.getByText('Is anybody up there?')).toBeVisible();
  await expect(page.getByText('Given up').first()).toBeVisible();
  await expect(page.getByText('Why it waits')).toBeVisible();
  await look('inspector', { themes: ['light', 'dark'] });

  await page.goto(`${hub.url}/app/admin/health`);
  // Its configuration was taken; the four messages were refused.
  const row = page.getByRole('row').filter({ has: page.getByRole('link', { name: 'Tower' }) });
  await expect(row.getByText('Up to date · 1/1')).toBeVisible();
  await expect(row.getByText('80%')).toBeVisible();
  await page.getByRole('button', { name: 'Figures of Tower' }).click();
  await expect(page.getByText('410 Gone')).toBeVisible();
  await expect(page.getByText('it was taken when sent')).toBeVisible();
  await look('health', { themes: ['light', 'dark'] });

  // That the session began, the bot's two words, and that somebody waits.
  const admin = await hub.admin();
  const givenUp = async () => (await admin.get(`/ccm/dead-letters?conversation=${conversation}`)).deadLetters;
  await expect.poll(async () => (await givenUp()).length).toBe(4);
  const [, welcome, , waits] = await givenUp();

  await page.goto(`${hub.url}/app/admin/dead-letters`);
  await expect(page.getByText('gone for good').first()).toBeVisible();
  await look('dead-letters', { themes: ['light', 'dark'] });
  tower.answers.status = 200;

  // What the bot said is corrected and goes out as a new message; what the hub said by itself can only be repeated.
  const correct = ({ sequence }) => page.getByRole('button', { name: `Correct delivery ${sequence} and send it`, exact: true });
  await correct(waits).click();
  await expect(page.getByText('there is nothing in it to correct')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await correct(welcome).click();
  await expect(page.getByRole('textbox', { name: 'Message' })).toHaveValue(/welcome/);
  await page.getByRole('textbox', { name: 'Message' }).fill('Hello, and welcome back.');
  await look('dead-letter-edited', { themes: ['light', 'dark'] });
  await page.getByRole('button', { name: 'Send as a new message' }).click();
  await expect(page.getByText('Sent as a new message')).toBeVisible();
  await expect.poll(() => tower.texts).toContain('Hello, and welcome back.');

  await page.getByLabel('Reason').click();
  await page.getByRole('option', { name: /gone for good/ }).click();
  await page.getByRole('button', { name: 'Send all again' }).click();
  await expect(page.getByRole('dialog').getByText(/given up for this reason/)).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Send all again' }).click();
  await expect(page.getByText(/are sent again/)).toBeVisible();
  await expect(page.getByText('Nothing was given up')).toBeVisible();
  await page.goto(`${hub.url}/app/admin/inspector/${conversation}`);
  await expect(page.getByText('Delivered').first()).toBeVisible();
  tower.close();
});
