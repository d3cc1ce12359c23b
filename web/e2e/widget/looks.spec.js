// What customers see and how they get about: every kind of message, languages, phones, the keyboard, hostile pages.

import { expect, test } from './scene.js';

const button = (title, payload, type = 'TEXT') => ({ title, payload, type });
const picture = (hub) => `${hub.url}/file-engine/api/downloadFileStream?filename=_WEB.svg`;

const bodies = (hub) => [
  { type: 'PLAIN', markdownText: 'Plain, *leaning*, **bold**, `code` and [a link](https://example.com).' },
  { type: 'IMAGE', caption: 'Our shop', attachment: { mediaUrl: picture(hub), mimeType: 'image/svg+xml', size: 900, mediaName: 'shop.svg' } },
  { type: 'FILE', caption: '', attachment: { mediaUrl: picture(hub), mimeType: 'application/pdf', size: 81_234, mediaName: 'Invoice 2024.pdf' }, additionalDetails: {} },
  { type: 'URL', markdownText: 'Our manual', mediaUrl: 'https://example.com/manual' },
  { type: 'LOCATION', markdownText: 'Here we are', location: { latitude: 52.52, longitude: 13.405 } },
  { type: 'CONTACT', contacts: [{ name: { formattedName: 'Workshop' }, phones: [{ phone: '+49 30 1234567' }] }] },
  { type: 'STICKER', mediaUrl: picture(hub), stickerId: '1' },
  { type: 'EMAIL', subject: 'Your order', from: 'shop@example.com', htmlBody: '<p>It has left</p>', attachments: [] },
  { type: 'TEMPLATE', namespace: 'shop', name: 'order_update', language: { code: 'en', policy: 'deterministic' }, components: [] },
  { type: 'HOLOGRAM', markdownText: 'A kind nobody knows yet' },
  {
    type: 'CAROUSEL',
    carouselMessageType: 'MEDIA',
    elements: ['Ridge tent', 'Moss boots', 'Ember stove'].map((text) => ({ text, url: picture(hub), buttons: [button('More', `/more ${text}`)] })),
  },
  { type: 'BUTTON', markdownText: 'Shall we send a new one?', buttonMessageType: 'QUICK_REPLIES', buttons: [button('Yes, please', '/yes'), button('No', '/no'), button('See the terms', 'https://example.com/terms', 'WEB_URL')] },
];

test('every kind of message is readable, and markup is text', async ({ chat, hub, widget, agent, look, page }) => {
  await page.setViewportSize({ width: 1280, height: 1700 });
  const offer = await chat.running(await widget(), agent);
  for (const body of bodies(hub)) agent.publish(offer, 'AGENT_MESSAGE', 'MESSAGE', body);
  await expect(chat.log.getByRole('button', { name: 'Yes, please' })).toBeVisible();
  for (const text of ['Our shop', 'Invoice 2024.pdf', 'example.com', 'Show on the map', 'Workshop', 'It has left', 'order_update', 'A kind nobody knows yet']) {
    await expect(chat.log.getByText(text).first()).toBeAttached();
  }
  await look('rich', { schemes: ['light', 'dark'] });
  await chat.log.evaluate((log) => (log.scrollTop = 0));
  await look('rich-top', { schemes: ['light'] });
  for (const link of await chat.log.getByRole('link').all()) {
    expect(await link.getAttribute('rel')).toBe('noopener noreferrer');
    expect(await link.getAttribute('href')).toMatch(/^(https?:|tel:|mailto:)/);
  }
  await chat.log.getByRole('button', { name: 'Yes, please' }).click();
  await expect(chat.log.locator('.mine').getByText('Yes, please')).toBeVisible();
  const { cimEvent } = await agent.next('onCimEvent', ({ cimEvent }) => JSON.parse(cimEvent).data?.body?.markdownText === '/yes');
  expect(JSON.parse(cimEvent).name).toBe('CUSTOMER_MESSAGE');
  await expect(chat.log.getByRole('button', { name: 'No', exact: true })).toBeDisabled();
});

test.describe('a logo', () => {
  test.use({ expected: ['404'] });

  test('stands beside the title where it can be had, until an agent serves', async ({ chat, widget, agent, look }) => {
    const logo = async (name) => chat.open({ widget: await widget({ appearance: { logo: name } }) });
    const picture = chat.panel.getByRole('img', { name: 'Chat with us' });
    await logo('gone.png');
    await expect(chat.panel.getByRole('heading', { name: 'Chat with us' })).toBeVisible();
    await expect(picture).toHaveCount(0);
    await logo('_WEB.svg');
    await expect(picture).toBeVisible();
    await expect.poll(() => picture.evaluate((image) => image.naturalWidth)).toBeGreaterThan(0);
    await look('logo');
    await chat.says('My parcel has not arrived.');
    await agent.accept(await agent.next('taskRequest'));
    await expect(chat.panel.getByRole('heading', { name: 'Lena Vogt' })).toBeVisible();
    await expect(picture).toHaveCount(0);
  });
});

for (const [language, send, hello] of [
  ['ar', 'إرسال', 'طردي لم يصل بعد.'],
  ['ur', 'بھیجیں', 'میرا پارسل ابھی تک نہیں پہنچا۔'],
]) {
  test(`the widget in ${language}, from right to left`, async ({ chat, widget, agent, look }) => {
    const texts = { ar: { title: 'تحدّث معنا', subTitle: 'نرد خلال دقائق' }, ur: { title: 'ہم سے بات کریں', subTitle: 'ہم چند منٹ میں جواب دیتے ہیں' } };
    await chat.open({ widget: await widget({ appearance: { texts } }), language });
    await expect(chat.panel.getByRole('heading')).toHaveText(texts[language].title);
    await chat.field.fill(hello);
    await chat.panel.getByRole('button', { name: send }).click();
    const offer = await agent.next('taskRequest');
    await agent.accept(offer);
    agent.says(offer, hello);
    agent.says(offer, 'Order 4711 is on its way.');
    await chat.sees('Order 4711 is on its way.');
    const [launcher, page] = [await chat.launcher.boundingBox(), chat.page.viewportSize()];
    expect(launcher.x, 'the end of a line is on the left').toBeLessThan(page.width / 2);
    await look(`language-${language}`);
    await chat.page.evaluate(() => window.TielineChat.setLanguage('en'));
    await expect(chat.panel.getByRole('button', { name: 'Send' })).toBeVisible();
  });
}

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 780 }, hasTouch: true });

  test('the chat fills the screen, and the keyboard stays inside', async ({ chat, widget, agent, look }) => {
    await chat.visit({ widget: await widget() });
    await look('phone-closed', { schemes: ['light'] });
    await chat.running(await widget(), agent);
    expect(await chat.panel.boundingBox()).toEqual({ x: 0, y: 0, width: 390, height: 780 });
    await look('phone');
    const inside = () => chat.page.evaluate(() => document.activeElement?.localName);
    for (let presses = 0; presses < 12; presses += 1) {
      await chat.page.keyboard.press('Tab');
      expect(await inside()).toBe('tieline-chat');
    }
    for (let presses = 0; presses < 12; presses += 1) {
      await chat.page.keyboard.press('Shift+Tab');
      expect(await inside()).toBe('tieline-chat');
    }
    await chat.page.keyboard.press('Escape');
    await expect(chat.panel).toHaveCount(0);
  });
});

test('without a mouse', async ({ chat, widget, agent, page }) => {
  await chat.visit({ widget: await widget() });
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await expect(chat.launcher).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(chat.field).toBeFocused();
  await page.keyboard.type('Hello');
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('again');
  await page.keyboard.press('Enter');
  await chat.sees('Hello\nagain');
  const offer = await agent.next('taskRequest');
  await agent.accept(offer);
  for (let presses = 0; presses < 20; presses += 1) {
    await page.keyboard.press('Shift+Tab');
    if (await page.getByRole('button', { name: 'Options' }).evaluate((one) => one.matches(':focus'))) break;
  }
  await page.keyboard.press('Enter');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Options' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(chat.launcher).toBeFocused();
});

test('nothing comes in from the page, and nothing goes out', async ({ chat, widget, look, page }) => {
  await page.goto(chat.site.page({}, { hostile: '' }));
  const before = await page.evaluate(() => [Object.keys(window), getComputedStyle(document.querySelector('p')).cssText]);
  await chat.open({ widget: await widget() }, { hostile: '' });
  await chat.says('Looks as it should?');
  await chat.sees('Looks as it should?');
  const size = await chat.field.evaluate((field) => getComputedStyle(field).fontSize);
  expect(size).toBe('15px');
  const after = await page.evaluate(() => [Object.keys(window), getComputedStyle(document.querySelector('p')).cssText]);
  expect(after[1]).toBe(before[1]);
  expect(await page.evaluate(() => Object.keys(window.TielineChat))).toEqual(['open', 'close', 'identify', 'setLanguage']);
  expect(after[0].filter((name) => !before[0].includes(name))).toEqual([]);
  await look('hostile', { schemes: ['light'] });
});

test('the page of the demo runs under its own policy', async ({ page, hub, widget, look }) => {
  await widget({ widgetIdentifier: 'demo' });
  await page.goto(`${hub.url}/demo`);
  await page.getByRole('button', { name: 'Ask us something' }).click();
  await expect(page.getByRole('dialog', { name: 'Chat with us' })).toBeVisible();
  await look('demo', { schemes: ['light'] });
  await page.getByRole('button', { name: 'العربية' }).click();
  await expect(page.getByRole('button', { name: 'إغلاق المحادثة' }).first()).toBeVisible();
});
