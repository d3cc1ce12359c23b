// A whole chat, the customer's widget and the agent's desk side by side: each story plays in two browsers at once.

import { mergeTests } from '@playwright/test';
import { PNG, composer, expect, give, log, offer, test as atTheDesk } from './desk/scene.js';
import { test as atTheShop } from './widget/scene.js';

const test = mergeTests(atTheDesk, atTheShop).extend({
  place: ['side by side', { scope: 'worker', option: true }],
});

/** Offers a choice first, and looks for an agent whatever is chosen. */
const chooser = ({ message }) =>
  message.startsWith('/')
    ? [{ body: { type: 'PLAIN', markdownText: 'I call somebody.' } }, { body: { type: 'ACTION', name: 'FIND_AGENT', data: {} } }]
    : {
        body: {
          type: 'BUTTON', markdownText: 'What is it about?', buttonMessageType: 'QUICK_REPLIES',
          buttons: [{ title: 'An order', payload: '/order', type: 'TEXT' }, { title: 'A repair', payload: '/repair', type: 'TEXT' }],
        },
      };

test('a whole chat: buttons, typing, files both ways, what was read, and the end', async ({ chat, widget, beside, floor, skill }) => {
  floor.bot = chooser;
  const lena = await floor.person('Lena', { associatedRoutingAttributes: [{ routingAttribute: skill, value: 1 }] });
  const desk = await beside(lena);
  const form = { formTitle: 'Before we begin', attributes: [{ key: 'firstName', label: 'Your name', attributeType: 'INPUT', valueType: 'String50', isRequired: true }] };
  const { id } = await floor.admin.post('/unified-admin/forms', form);
  await chat.open({ widget: await widget({ mode: 'HYBRID', botId: await floor.botId(), form: id }) });
  await chat.panel.getByLabel('Your name').fill('Jonas');
  await chat.panel.getByRole('button', { name: 'Start chat' }).click();

  await chat.says('My tent has a hole.');
  await chat.log.getByRole('button', { name: 'A repair' }).click();
  await chat.sees('I call somebody.');
  await expect(offer(desk)).toBeVisible();
  await desk.keyboard.press('a');
  await expect(chat.panel.getByRole('heading')).toHaveText('Lena');
  await expect(log(desk).getByText('My tent has a hole.')).toBeVisible();
  await expect(log(desk).getByRole('listitem').filter({ hasText: 'A repair' })).toBeVisible();
  await expect(log(desk).getByText('/repair')).toBeVisible();

  await composer(desk).pressSequentially('Where is');
  await expect(chat.log.getByRole('img', { name: 'Lena is typing…' })).toBeVisible();
  await composer(desk).pressSequentially(' it?');
  await desk.keyboard.press('Enter');
  await chat.sees('Where is it?');
  await expect(log(desk).getByText('Read', { exact: true })).toBeVisible();

  await chat.field.pressSequentially('In the');
  await expect(log(desk).getByText('is typing…')).toBeVisible();
  await chat.says('In the roof.');
  await expect(log(desk).getByText('In the roof.')).toBeVisible();
  await expect(chat.log.getByText('Seen')).toBeVisible();

  await chat.panel.locator('input[type=file]').setInputFiles({ name: 'hole.png', mimeType: 'image/png', buffer: PNG });
  await expect(log(desk).getByRole('img', { name: 'hole.png' })).toBeVisible();
  await expect(log(desk).getByRole('img', { name: 'hole.png' })).toHaveJSProperty('naturalWidth', 1);
  await give(composer(desk), 'drop', { name: 'how-to.png', type: 'image/png', content: PNG }, { name: 'label.txt', type: 'text/plain', content: Buffer.from('Return label') });
  await expect(desk.getByRole('button', { name: 'Send' })).toBeEnabled();
  await composer(desk).press('Enter');
  await expect(chat.log.getByRole('img', { name: 'how-to.png' })).toBeVisible();
  const label = chat.log.getByRole('link', { name: /label\.txt/ });
  expect(await (await fetch(await label.getAttribute('href'))).text()).toBe('Return label');

  await composer(desk).fill('Please *patch* it like this.');
  await desk.keyboard.press('Enter');
  await chat.sees('Please patch it like this.');
  const mine = log(desk).getByRole('article').filter({ hasText: 'Please patch it like this.' });
  await mine.hover();
  await mine.getByRole('button', { name: 'Edit' }).click();
  await composer(desk).fill('Please glue it like this.');
  await desk.keyboard.press('Enter');
  await chat.sees('Please glue it like this.');
  await expect(chat.log.getByText('Please patch it like this.')).toHaveCount(0);

  await chat.page.getByRole('button', { name: 'Options' }).click();
  await chat.page.getByRole('button', { name: 'End chat' }).click();
  await chat.page.getByRole('button', { name: 'End chat' }).click();
  await expect(chat.panel.getByText('You have ended the chat.')).toBeVisible();
  await expect(log(desk).getByText('The customer has left')).toBeVisible();
  await desk.keyboard.press('Escape');
  await desk.keyboard.press('e');
  await desk.keyboard.press('Enter');
  await expect(desk.getByText('All quiet')).toBeVisible();
});

test('the hub restarts in mid-sentence: both go on, and nothing is lost or doubled', async ({ chat, widget, beside, floor, hub, skill, expected }) => {
  expected.push('ERR_CONNECTION', 'WebSocket', 'Failed to load resource');
  const lena = await floor.person('Lena', { associatedRoutingAttributes: [{ routingAttribute: skill, value: 1 }] });
  const desk = await beside(lena);
  await chat.open({ widget: await widget() });
  await chat.says('Is my parcel on its way?');
  await desk.getByRole('button', { name: /^Accept/ }).click();
  await expect(log(desk).getByText('Is my parcel on its way?')).toBeVisible();
  await composer(desk).fill('Let me lo');
  await chat.field.fill('It is number 4');
  await hub.halt('SIGKILL');
  await composer(desk).pressSequentially('ok.');
  await desk.keyboard.press('Enter');
  await composer(desk).fill('One mom');
  await expect(log(desk).getByText('Sending…')).toBeVisible();
  await chat.field.pressSequentially('711.');
  await chat.field.press('Enter');
  await expect(chat.log.getByText('Waits to be sent')).toBeVisible();
  await hub.serve();
  await expect(log(desk).getByText('It is number 4711.')).toBeVisible({ timeout: 20_000 });
  await expect(chat.log.getByText('Let me look.', { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(composer(desk)).toHaveValue('One mom');
  await desk.keyboard.press('End');
  await composer(desk).pressSequentially('ent.');
  await desk.keyboard.press('Enter');
  await chat.sees('One moment.');
  for (const text of ['Is my parcel on its way?', 'It is number 4711.', 'Let me look.', 'One moment.']) {
    await expect(log(desk).getByText(text, { exact: true })).toHaveCount(1);
    await expect(chat.log.getByText(text, { exact: true })).toHaveCount(1);
  }
});
