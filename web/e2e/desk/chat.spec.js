// Conversations from the first word to the last.

import { PNG, composer, expect, give, log, offer, ready, test } from './scene.js';

test('a chat: it rings, is answered, read and closed', async ({ page, open, look, floor }) => {
  const { customer } = await floor.line();
  const amina = await floor.person('Amina');
  await open('/app/desk', amina);
  await expect(page.getByText('You are not ready')).toBeVisible();
  await look('desk-resting', { themes: ['light', 'dark'] });
  await ready(page);
  await look('desk-quiet');

  const jonas = customer('Jonas Brandt');
  await jonas.says('Hello, my *router* keeps restarting. See https://example.org/router');
  await expect(offer(page)).toBeVisible();
  await expect(offer(page).getByRole('timer')).toBeVisible();
  await look('desk-offer', { themes: ['light', 'dark'] });
  await page.keyboard.press('a');
  await expect(log(page).getByText('keeps restarting')).toBeVisible();
  await expect(log(page).locator('strong')).toHaveText('router');
  await expect(offer(page)).toHaveCount(0);

  await composer(page).fill('Good morning, I am looking into it.');
  await page.keyboard.press('Enter');
  await expect(log(page).getByText('I am looking into it')).toBeVisible();
  await expect(log(page).getByText('Sent')).toBeVisible();
  await expect.poll(floor.texts).toEqual(['Good morning, I am looking into it.']);
  const answer = floor.delivered.find(({ body }) => body.markdownText?.startsWith('Good morning'));
  await jonas.reports(answer.id, 'READ');
  await expect(log(page).getByText('Read', { exact: true })).toBeVisible();
  await jonas.types();
  await expect(log(page).getByText('is typing…')).toBeVisible();
  await jonas.says('Thank you!');
  await expect(log(page).getByText('Thank you!')).toBeVisible();
  await look('desk-conversation', { themes: ['light', 'dark'] });

  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await expect(page.getByText('All quiet')).toBeVisible();
});

test('a message is answered, changed, refused by the channel and sent again', async ({ page, floor, serving, look }) => {
  const { writer } = await serving();
  const message = (text) => log(page).getByRole('article').filter({ hasText: text });
  await message('My bill is wrong.').hover();
  await message('My bill is wrong.').getByRole('button', { name: 'Reply' }).click();
  await composer(page).fill('Which item?');
  await page.keyboard.press('Enter');
  await expect(message('Which item?').getByRole('button', { name: 'My bill is wrong.' })).toBeVisible();
  const sent = () => floor.delivered.filter(({ header, body }) => header.sender.type === 'AGENT' && body.type === 'PLAIN');
  await expect.poll(() => sent().length).toBe(1);
  expect(sent()[0].header).toMatchObject({ intent: 'REPLY_TO', originalMessageId: expect.any(String) });

  await message('Which item?').hover();
  await message('Which item?').getByRole('button', { name: 'Edit' }).click();
  await expect(composer(page)).toHaveValue('Which item?');
  await composer(page).fill('Which item of it?');
  await page.keyboard.press('Enter');
  await expect(message('Which item of it?').getByText('Edited')).toBeVisible();
  await expect(log(page).getByText('Which item?', { exact: true })).toHaveCount(0);

  // 410: the channel's connector never wants it again.
  floor.answers = 410;
  await give(composer(page), 'paste', { name: 'plan.png', type: 'image/png', content: PNG });
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  await page.getByRole('button', { name: 'Send' }).click();
  await expect(log(page).getByText(/^Not delivered/)).toBeVisible();
  await look('desk-failed', { themes: ['light', 'dark'] });
  floor.answers = 200;
  await log(page).getByRole('button', { name: 'Send again' }).click();
  await expect.poll(() => floor.delivered.filter(({ body }) => body.type === 'IMAGE').length).toBe(1);
  await writer.says('That one.');
  await expect(log(page).getByText('That one.')).toBeVisible();
});

test('a bot that assists suggests what to say, to the agent alone', async ({ page, floor, serving, look }) => {
  floor.bot = ({ message }) =>
    message === 'My bill is wrong.' ? { body: { type: 'ACTION', name: 'FIND_AGENT', data: {} } } : { body: { type: 'PLAIN', markdownText: 'Our shop opens at nine.' } };
  const { writer } = await serving({ withBot: true });
  await writer.says('When do you open?');
  const suggestion = page.getByRole('button', { name: 'Our shop opens at nine.', exact: true });
  await expect(suggestion).toBeVisible();
  await look('desk-suggestion', { themes: ['light', 'dark'] });
  await suggestion.click();
  await expect(composer(page)).toHaveValue('Our shop opens at nine.');
  await composer(page).pressSequentially(' See you!');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Our shop opens at nine. See you!']);
  await expect(suggestion).toHaveCount(0);
});

test('whoever looks elsewhere is told, once and for as long as it rings', async ({ page, open, floor }) => {
  await page.addInitScript(() => {
    globalThis.told = [];
    globalThis.Notification = class {
      static permission = 'granted';
      constructor(title, { body }) {
        this.text = `${title}: ${body}`;
        globalThis.told.push(this.text);
      }
      close() {
        globalThis.told.splice(globalThis.told.indexOf(this.text), 1);
      }
    };
    document.hasFocus = () => !globalThis.elsewhere;
  });
  const line = await floor.line();
  await open('/app/desk', await floor.person('Amina'));
  await ready(page);
  await page.evaluate(() => (globalThis.elsewhere = true));
  const writer = line.customer('Jonas Brandt');
  await writer.says('Hello?');
  await expect(offer(page)).toBeVisible();
  const told = () => page.evaluate(() => globalThis.told);
  expect(await told()).toEqual([`Request from Jonas Brandt: ${line.queue.name}`]);
  await expect(page).toHaveTitle(/^\(1\)/);
  await page.keyboard.press('a');
  await expect(log(page).getByText('Hello?')).toBeVisible();
  expect(await told()).toEqual([]);
  await page.evaluate(() => (globalThis.elsewhere = true));
  await writer.says('Anybody?');
  await expect.poll(told).toEqual(['Jonas Brandt: Anybody?']);
});

test('files come by drag and by paste, and what is not taken is said at the file', async ({ page, floor, serving, expected }) => {
  expected.push('415', '400', '422');
  await serving();
  await give(composer(page), 'paste', { name: 'plan.png', type: 'image/png', content: PNG });
  await expect(page.getByRole('button', { name: 'Remove plan.png' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  await give(composer(page), 'drop', { name: 'evil.png', type: 'image/png', content: Buffer.from('MZ this is no picture') });
  await expect(page.getByRole('listitem').filter({ hasText: 'evil.png' })).toContainText('content');
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await page.getByRole('button', { name: 'Remove evil.png' }).click();
  const many = Array.from({ length: 10 }, (_, place) => ({ name: `page-${place}.txt`, type: 'text/plain', content: Buffer.from('a page') }));
  await give(composer(page), 'drop', ...many);
  await expect(page.getByText('At most 10 files at once; the others were left out.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Remove page-9.txt' })).toHaveCount(0);
  for (const { name } of many.slice(0, 8)) await page.getByRole('button', { name: `Remove ${name}` }).click();
  await composer(page).fill('The plan');
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(log(page).getByRole('img', { name: 'plan.png' })).toBeVisible();
  await expect(log(page).getByRole('link', { name: /page-8\.txt/ })).toBeVisible();
  await expect.poll(() => floor.delivered.map(({ body }) => body.type).filter((type) => ['IMAGE', 'FILE'].includes(type))).toEqual(['IMAGE', 'FILE']);
  await expect.poll(floor.texts).toEqual(['The plan']);
});

test('a conversation is paused, noted and wrapped up', async ({ page, floor, look, serving }) => {
  const { writer } = await serving({ settings: { wrapUp: { enabled: true, seconds: 60 } } });
  await page.keyboard.press('p');
  await expect(page.getByText(/^Paused\. Goes on in/)).toBeVisible();
  await page.getByRole('button', { name: 'Resume' }).click();
  await expect(page.getByText(/^Paused\. Goes on in/)).toHaveCount(0);
  await page.keyboard.press('n');
  await page.getByRole('dialog').getByRole('textbox', { name: 'Note' }).fill('Wants a credit note.');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(log(page).getByText('Wants a credit note.')).toBeVisible();
  await writer.leaves();
  await expect(page.getByRole('region', { name: 'Wrap-up' })).toBeVisible();
  await look('desk-wrap-up', { themes: ['light', 'dark'] });
  await page.getByRole('region', { name: 'Wrap-up' }).locator('fieldset button').first().click();
  await page.getByRole('region', { name: 'Wrap-up' }).getByRole('textbox', { name: 'Note' }).fill('Done.');
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByText('Wrapped up.')).toBeVisible();
  expect(floor.texts()).toEqual([]);
});

test('a call comes before a chat, which waits until it is over', async ({ page, floor, serving, look }) => {
  const [{ id: settings }] = await floor.admin.get('/unified-admin/general-settings');
  const interrupts = (on) => floor.admin.put(`/unified-admin/general-settings/${settings}`, { routing: { mrdInterruption: on, mrdInterruptionPauses: on } });
  await interrupts(true);
  await serving();
  const calls = await floor.line({ of: await floor.queue({ domain: 'CISCO CC' }) });
  await calls.customer('Mira Vogt').says('I am calling.');
  await expect(offer(page, 'Mira')).toBeVisible();
  await page.keyboard.press('a');
  await expect(log(page).getByText('I am calling.')).toBeVisible();
  await page.locator('[data-conversation]').filter({ hasText: 'Jonas' }).click();
  const waits = page.getByText('Paused: other work comes first.');
  await expect(waits).toBeVisible();
  await look('desk-interrupted', { themes: ['light', 'dark'] });

  await page.locator('[data-conversation]').filter({ hasText: 'Mira' }).click();
  await page.getByRole('button', { name: 'Close', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).last().click();
  await page.locator('[data-conversation]').filter({ hasText: 'Jonas' }).click();
  await expect(waits).toHaveCount(0);
  await composer(page).fill('Here I am again.');
  await page.keyboard.press('Enter');
  await expect.poll(floor.texts).toEqual(['Here I am again.']);
  await interrupts(false);
});
