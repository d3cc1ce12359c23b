// A chat from the first word to the last.

import { expect, heard, test } from './scene.js';

test('a customer writes, an agent answers, and both see what becomes of it', async ({ chat, widget, agent, look }) => {
  await chat.open({ widget: await widget() });
  await look('start');
  await chat.says('My parcel has not arrived.');
  const offer = await agent.next('taskRequest');
  await agent.accept(offer);
  await expect(chat.log.getByText('Lena Vogt has joined the chat')).toBeVisible();
  await expect(chat.panel.getByRole('heading')).toHaveText('Lena Vogt');

  agent.types(offer);
  await expect(chat.log.getByRole('img', { name: 'Lena Vogt is typing…' })).toBeVisible();
  await look('typing');
  const answer = agent.says(offer, 'I am **looking** into it, <b>see</b> https://example.com/help.');
  await chat.sees('I am looking into it, <b>see</b> https://example.com/help.');
  await expect(chat.log.getByRole('img', { name: 'Lena Vogt is typing…' })).toHaveCount(0);
  await expect(chat.log.getByRole('link')).toHaveAttribute('rel', 'noopener noreferrer');
  const { cimEvent: read } = await agent.event('MESSAGE_DELIVERY_NOTIFICATION');
  expect([read.data.body.messageId, read.data.body.status]).toEqual([answer, 'READ']);

  await chat.field.pressSequentially('Than');
  await agent.event('TYPING_INDICATOR');
  await chat.says('Thank you!');
  await expect(chat.log.getByText('Sent')).toBeVisible();
  agent.reads(offer, await heard(agent, 'Thank you!'));
  await expect(chat.log.getByText('Seen')).toBeVisible();
  await look('chat');

  await chat.page.getByRole('button', { name: 'Options' }).click();
  await look('options', { schemes: ['light'] });
  await chat.page.getByRole('button', { name: 'End chat' }).click();
  await chat.page.getByRole('button', { name: 'End chat' }).click();
  await expect(chat.panel.getByText('You have ended the chat.')).toBeVisible();
  await look('over');
  await agent.event('CHANNEL_SESSION_ENDED');
  agent.leaves(offer);
  await chat.page.getByRole('button', { name: 'Start a new chat' }).click();
  await expect(chat.log.getByText('Hello! How can we help?')).toBeVisible();
  expect(await chat.bubbles()).toEqual(['Hello! How can we help?']);
});
