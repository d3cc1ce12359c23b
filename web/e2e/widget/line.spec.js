// What breaks while customers chat: pages are left and come back, lines are lost, hubs are killed.

import { WELCOME, Widget, expect, heard, test } from './scene.js';

test('a chat goes on after a reload, also with what was only typed', async ({ chat, widget, agent }) => {
  const offer = await chat.running(await widget(), agent);
  await chat.field.fill('Half a sent');
  await chat.page.reload();
  await expect(chat.launcher).toHaveAccessibleName('Open chat');
  agent.says(offer, 'Are you still there?');
  await expect(chat.launcher).toHaveAccessibleName('Open chat, 1 unread');
  await expect(chat.page.getByText('New message from Lena Vogt')).toBeAttached();
  await chat.launcher.click();
  await chat.sees('Are you still there?');
  expect(await chat.bubbles()).toEqual([...WELCOME, 'My parcel has not arrived.', 'I am looking into it.', 'Are you still there?']);
  await expect(chat.field).toHaveValue('Half a sent');
  await chat.page.keyboard.press('Escape');
  await expect(chat.launcher).toHaveAccessibleName('Open chat');
  await expect(chat.launcher).toBeFocused();
});

test('where web sockets are not let through, the chat goes by requests', async ({ chat, widget, agent, page }) => {
  await page.addInitScript(() => {
    // As where a proxy refuses the upgrade.
    globalThis.WebSocket = class {
      constructor() {
        setTimeout(() => this.onerror(new Event('error')));
      }
      close() {}
    };
  });
  const offer = await chat.running(await widget(), agent);
  await chat.says('Here is the number: 4711.');
  await heard(agent, 'Here is the number: 4711.');
  agent.says(offer, 'Thank you.');
  await chat.sees('Thank you.');
});

test('two tabs are in one chat', async ({ chat, widget, agent, context, site }) => {
  const name = await widget();
  const second = new Widget(await context.newPage(), site);
  await second.open({ widget: name });
  const offer = await chat.running(name, agent);
  await second.sees('I am looking into it.');
  await second.says('I write here now.');
  await chat.sees('I write here now.');
  agent.says(offer, 'And I read both.');
  const all = [...WELCOME, 'My parcel has not arrived.', 'I am looking into it.', 'I write here now.', 'And I read both.'];
  for (const tab of [chat, second]) {
    await tab.sees('And I read both.');
    expect(await tab.bubbles()).toEqual(all);
  }
  await second.page.getByRole('button', { name: 'Options' }).click();
  await second.page.getByRole('button', { name: 'End chat' }).click();
  await second.page.getByRole('button', { name: 'End chat' }).click();
  await expect(chat.panel.getByText('You have ended the chat.')).toBeVisible();
});

test('what is written without a line goes out once, in order, when it is back', async ({ chat, widget, agent, context, expected, look }) => {
  expected.push('ERR_INTERNET_DISCONNECTED');
  const offer = await chat.running(await widget(), agent);
  await context.setOffline(true);
  await expect(chat.panel.getByText(/^No connection./)).toBeVisible();
  for (const text of ['One.', 'Two.', 'Three.']) await chat.says(text);
  await expect(chat.log.getByText('Waits to be sent')).toHaveCount(3);
  await look('offline');
  agent.says(offer, 'Are you there?');
  await context.setOffline(false);
  for (const text of ['One.', 'Two.', 'Three.']) await heard(agent, text);
  await chat.sees('Are you there?');
  await expect(chat.panel.getByText(/^No connection./)).toHaveCount(0);
  await chat.page.reload();
  await chat.launcher.click();
  await chat.sees('Three.');
  expect(await chat.bubbles()).toEqual([...WELCOME, 'My parcel has not arrived.', 'I am looking into it.', 'Are you there?', 'One.', 'Two.', 'Three.']);
});

test('what is written without a line and left behind goes out from the next page', async ({ chat, widget, agent, context, expected }) => {
  expected.push('ERR_INTERNET_DISCONNECTED');
  await chat.running(await widget(), agent);
  await context.setOffline(true);
  await expect(chat.panel.getByText(/^No connection./)).toBeVisible();
  await chat.says('I have to go, but tell me.');
  await expect(chat.log.getByText('Waits to be sent')).toBeVisible();
  const address = chat.page.url();
  await chat.page.goto('about:blank');
  await context.setOffline(false);
  await chat.page.goto(address);
  await heard(agent, 'I have to go, but tell me.');
});

for (const signal of ['SIGKILL', 'SIGTERM']) {
  test(`a hub that is stopped by ${signal} in the middle loses and doubles nothing`, async ({ hub, chat, widget, agent, expected }) => {
    expected.push('ERR_CONNECTION_REFUSED', 'WebSocket connection', '503');
    await chat.running(await widget(), agent);
    const sent = Array.from({ length: 6 }, (_, at) => `Before ${at}.`);
    for (const text of sent) await chat.says(text);
    // Some are accepted, some under way, and of some the answer is lost.
    await hub.halt(signal);
    await expect(chat.panel.getByText(/^No connection./)).toBeVisible();
    await chat.says('While it was down.');
    await hub.serve();
    await expect(chat.panel.getByText(/^No connection./)).toHaveCount(0, { timeout: 15_000 });
    await expect(chat.log.getByText('Waits to be sent')).toHaveCount(0);
    await chat.says('Afterwards.');
    const all = [...WELCOME, 'My parcel has not arrived.', 'I am looking into it.', ...sent, 'While it was down.', 'Afterwards.'];
    await expect(chat.log.locator('.pending')).toHaveCount(0);
    expect(await chat.bubbles()).toEqual(all);
    await chat.page.reload();
    await chat.launcher.click();
    await chat.sees('Afterwards.');
    expect(await chat.bubbles()).toEqual(all);
  });
}

test('a chat that ended meanwhile can be read, and another begun', async ({ chat, widget, agent, context, expected, look }) => {
  expected.push('ERR_INTERNET_DISCONNECTED');
  const offer = await chat.running(await widget({ customerReconnectTime: 1 }), agent);
  await context.setOffline(true);
  await expect(chat.panel.getByText(/^No connection./)).toBeVisible();
  await chat.says('Too late.');
  await agent.event('CHANNEL_SESSION_ENDED');
  agent.leaves(offer);
  await context.setOffline(false);
  await expect(chat.panel.getByText('The chat has ended while you were away.')).toBeVisible();
  await chat.sees('I am looking into it.');
  await expect(chat.log.getByText('Not sent yet')).toBeVisible();
  await look('ended-meanwhile', { schemes: ['light'] });
  await chat.page.getByRole('button', { name: 'Start a new chat' }).click();
  await chat.says('Again, please.');
  const next = await agent.next('taskRequest');
  await agent.accept(next);
  await heard(agent, 'Again, please.').catch(() => {});
  expect(await chat.bubbles()).toEqual([...WELCOME, 'Too late.', 'Again, please.']);
});
