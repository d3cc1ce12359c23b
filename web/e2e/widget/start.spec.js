// Before a chat: what is asked, when somebody is there, and who the customer is.

import { expect, test } from './scene.js';

const QUESTIONS = [
  { key: 'firstName', label: 'Your name', attributeType: 'INPUT', valueType: 'String50', isRequired: true },
  { key: 'email', label: 'E-mail', helpText: 'For the case that we are cut off', attributeType: 'INPUT', valueType: 'email', isRequired: true },
  {
    key: 'topic',
    label: 'What is it about?',
    attributeType: 'OPTIONS',
    valueType: 'dropdown',
    categoryOptions: { categories: [{ categoryName: 'All', values: ['An order', 'A repair'] }] },
  },
  { key: 'device', label: 'Address of the device', attributeType: 'INPUT', valueType: 'IP' },
];

async function form({ admin, unique }) {
  return (await admin.post('/unified-admin/forms', { formTitle: unique('Before we begin'), attributes: QUESTIONS })).id;
}

test('what the hub finds wrong is said in the language of the widget', async ({ chat, others, widget, look }) => {
  await chat.open({ widget: await widget({ form: await form(others) }), language: 'ar' });
  const { panel } = chat;
  const device = panel.getByLabel('Address of the device');
  await panel.getByLabel('Your name').fill('سارة');
  await panel.getByLabel('E-mail').fill('sara@example.com');
  await device.fill(':::::');
  await panel.getByLabel('What is it about?').selectOption('A repair');
  await panel.getByRole('button', { name: 'بدء المحادثة' }).click();
  await expect(device).toHaveAccessibleDescription('يجب أن يكون عنوان IPv4 أو IPv6');
  await look('form-refused-ar', { schemes: ['light'] });
});

test('what does not fit is said beside the field, by the widget and by the hub', async ({ chat, others, widget, agent, look }) => {
  await chat.open({ widget: await widget({ form: await form(others) }) });
  const { panel } = chat;
  const [name, email, device] = ['Your name', 'E-mail', 'Address of the device'].map((label) => panel.getByLabel(label));
  await expect(name).toBeFocused();
  await look('form', { schemes: ['light'] });
  await email.fill('nobody');
  await panel.getByRole('button', { name: 'Start chat' }).click();
  await expect(name).toBeFocused();
  await expect(name).toHaveAccessibleDescription('Please fill this in.');
  await expect(email).toHaveAccessibleDescription(/Please write an e-mail address/);
  await look('form-refused');

  await name.fill('Jonas');
  await email.fill('jonas@example.com');
  await device.fill(':::::');
  await panel.getByLabel('What is it about?').selectOption('A repair');
  await panel.getByRole('button', { name: 'Start chat' }).click();
  await expect(device).toHaveAccessibleDescription(/^must be an IPv4 or IPv6 address/);
  await expect(name).toHaveValue('Jonas');
  await device.fill('192.0.2.7');
  await panel.getByRole('button', { name: 'Start chat' }).click();

  await expect(chat.field).toBeFocused();
  const offer = await agent.next('taskRequest');
  const { topicData } = await agent.accept(offer);
  expect(topicData.conversationData).toMatchObject({ firstName: 'Jonas', email: 'jonas@example.com', topic: 'A repair', device: '192.0.2.7' });
  expect(offer.channelSession.channelData.channelCustomerIdentifier).toBe('jonas@example.com');
});

test('a customer the page knows is asked nothing twice', async ({ chat, others, widget, agent }) => {
  await chat.visit({ widget: await widget({ form: await form(others) }) });
  const customer = { identifier: others.unique('customer'), firstName: 'Mara', email: 'mara@example.com' };
  // The page's policy lets no script in but the widget's: it is called as the page's own would.
  await chat.page.evaluate((customer) => {
    window.TielineChat.identify(customer);
    window.TielineChat.open();
  }, customer);
  await chat.says('Hello');
  const offer = await agent.next('taskRequest');
  const { topicData } = await agent.accept(offer);
  expect(offer.channelSession.channelData).toMatchObject({ channelCustomerIdentifier: customer.identifier, customerFirstName: 'Mara' });
  expect(topicData.conversationData.email).toBe('mara@example.com');
});

test('out of hours the customer reads when somebody is there again, and may write all the same', async ({ chat, others, widget, look }) => {
  const { id: calendarId } = await others.admin.post('/business-calendar/calendars', {
    name: others.unique('Later'),
    timeZone: 'Europe/Berlin',
    events: [
      { title: 'Hours', eventType: 'business_hours', startDate: '2099-03-02', recurrence: 'daily', shifts: [{ start: '09:00', end: '17:00' }] },
      { title: 'Holidays', eventType: 'out_of_office', startDate: '2020-01-01', endDate: '2099-03-01', recurrence: 'daily', message: 'The workshop is on holiday.' },
    ],
  });
  await chat.open({ widget: await widget({ channel: { calendarId, outOfHours: { action: 'MESSAGE', message: 'Read on Monday.' } } }) });
  await expect(chat.panel.getByText('We are closed at the moment.')).toBeVisible();
  await expect(chat.panel.getByText('The workshop is on holiday.')).toBeVisible();
  await look('closed');
  await chat.says('My tent leaks.');
  await chat.sees('Read on Monday.');
});

test('a customer who waits is told his place and his time', async ({ chat, widget, look }) => {
  await chat.open({ widget: await widget({ routing: { announceWait: true } }) });
  await chat.says('Anybody there?');
  await expect(chat.panel.getByText(/^You are number \d+ in the queue. It may take about \d+ minutes?.$/)).toBeVisible();
  await look('queue');
});

test('a widget that cannot be had says so, and is there once it can', async ({ chat, widget, expected, look }) => {
  expected.push('404');
  const name = await widget();
  await chat.page.route('**/ccm/widget-configs/*', (route) => route.fulfill({ status: 404, json: {}, headers: { 'access-control-allow-origin': '*' } }));
  await chat.open({ widget: name });
  await expect(chat.panel.getByText('The chat cannot be reached right now.')).toBeVisible();
  await look('unavailable', { schemes: ['light'] });
  await chat.page.unrouteAll();
  await chat.page.getByRole('button', { name: 'Try again' }).click();
  await chat.sees('Hello! How can we help?');
});
